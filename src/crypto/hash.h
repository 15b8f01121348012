// Cryptographic hashes and what is made of them. Pure, safe from any thread. Hides libsodium.
#pragma once
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cairn::crypto {

using Digest = std::array<unsigned char, 32>;

/// SHA-256 (FIPS 180-4).
Digest sha256(std::string_view bytes);
/// HMAC-SHA-256 (RFC 2104); a key of any length.
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-256 of bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  /// REQUIRES: called once.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same bytes? Takes a time that tells nothing but the lengths.
bool equal(std::string_view a, std::string_view b);

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace cairn::crypto
