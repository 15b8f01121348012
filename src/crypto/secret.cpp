#include "crypto/secret.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/encode.h"

namespace cairn::crypto {
namespace {

constexpr unsigned long long kPasses = crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE;
constexpr size_t kMemory = crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE;

/// Unpadded base64 as a PHC string has it.
std::string phc_base64(std::string_view bytes) {
  std::string out = to_base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::string random_bytes(Entropy& entropy, size_t count) {
  std::string bytes(count, '\0');
  entropy.fill({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()});
  return bytes;
}

}  // namespace

void init() { CHECK(sodium_init() >= 0, "libsodium does not start"); }

Key random_key(Entropy& entropy) {
  Key key;
  entropy.fill(key);
  return key;
}

Key derive_key(const Key& master, std::string_view purpose) { return hmac_sha256(bytes_of(master), purpose); }

std::string random_token(Entropy& entropy, size_t bytes) { return to_base64url(random_bytes(entropy, bytes)); }

std::string hash_token(std::string_view token) { return to_hex(bytes_of(sha256(token))); }

// Written out instead of crypto_pwhash_str, which takes its salt from the machine.
Result<std::string> hash_password(Entropy& entropy, std::string_view password) {
  init();
  std::string salt = random_bytes(entropy, crypto_pwhash_argon2id_SALTBYTES);
  Digest out;
  int code = crypto_pwhash_argon2id(out.data(), out.size(), password.data(), password.size(),
                                    reinterpret_cast<const unsigned char*>(salt.data()), kPasses, kMemory,
                                    crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (code != 0) return fail(Code::unavailable, "there is not enough memory to check a password; try again later");
  return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", kMemory / 1024, kPasses, phc_base64(salt),
                     phc_base64(bytes_of(out)));
}

bool verify_password(std::string_view hash, std::string_view password) {
  init();
  std::string text(hash);  // with its NUL
  if (text.size() >= crypto_pwhash_argon2id_STRBYTES) return false;
  text.resize(crypto_pwhash_argon2id_STRBYTES);
  return crypto_pwhash_argon2id_str_verify(text.data(), password.data(), password.size()) == 0;
}

std::string sign(const Key& key, std::string_view text) {
  return to_base64url(text) + "." + to_base64url(bytes_of(hmac_sha256(bytes_of(key), text)));
}

Result<std::string> verify(const Key& key, std::string_view signed_text) {
  auto bad = [] { return fail(Code::invalid, "the link is not valid; it was cut or changed on its way"); };
  size_t dot = signed_text.find('.');
  if (dot == signed_text.npos) return bad();
  auto text = from_base64url(signed_text.substr(0, dot));
  auto signature = from_base64url(signed_text.substr(dot + 1));
  if (!text || !signature) return bad();
  if (!equal(*signature, bytes_of(hmac_sha256(bytes_of(key), *text)))) return bad();
  return *text;
}

}  // namespace cairn::crypto
