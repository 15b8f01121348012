#include "crypto/encode.h"

#include <sodium.h>

#include "base/check.h"

namespace cairn::crypto {
namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

std::string encode(std::string_view bytes, int variant) {
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), data_of(bytes), bytes.size(), variant);
  out.pop_back();  // its NUL
  return out;
}

Result<std::string> decode(std::string_view text, int variant) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  size_t size = 0;
  const char* end = nullptr;
  int code = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                               nullptr, &size, &end, variant);
  if (code != 0 || end != text.data() + text.size()) return fail(Code::invalid, "this is not base64");
  out.resize(size);
  return out;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), data_of(bytes), bytes.size());
  out.pop_back();  // its NUL
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  size_t size = 0;
  const char* end = nullptr;
  int code = sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                            &size, &end);
  if (code != 0 || end != text.data() + text.size() || size * 2 != text.size())
    return fail(Code::invalid, "this is not hexadecimal");
  return out;
}

std::string to_base64(std::string_view bytes) { return encode(bytes, sodium_base64_VARIANT_ORIGINAL); }
Result<std::string> from_base64(std::string_view text) { return decode(text, sodium_base64_VARIANT_ORIGINAL); }
std::string to_base64url(std::string_view bytes) { return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING); }
Result<std::string> from_base64url(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace cairn::crypto
