#include "accounts/credentials.h"

#include <algorithm>

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace cairn::accounts {
namespace {

constexpr std::string_view kStart = "ck_";
constexpr size_t kIdDigits = 16;
constexpr size_t kSecretDigits = 43;

}  // namespace

KeyText make_key(Entropy& entropy) {
  std::string id = fmt::format("{:016x}", entropy.next64());
  std::string text = fmt::format("{}{}_{}", kStart, id, crypto::random_token(entropy, 32));
  return {std::move(id), std::move(text)};
}

std::optional<std::string_view> key_id(std::string_view text) {
  if (text.size() != kStart.size() + kIdDigits + 1 + kSecretDigits || !text.starts_with(kStart)) return std::nullopt;
  std::string_view id = text.substr(kStart.size(), kIdDigits);
  auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::all_of(id.begin(), id.end(), hex) || text[kStart.size() + kIdDigits] != '_') return std::nullopt;
  return id;
}

std::string csrf_of(std::string_view cookie) {
  return crypto::to_base64url(crypto::bytes_of(crypto::hmac_sha256(cookie, "cairn csrf")));
}

}  // namespace cairn::accounts
