#include "crypto/hash.h"

#include <sodium.h>

#include "base/check.h"

namespace cairn::crypto {
namespace {

const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

struct Sha256::State {
  crypto_hash_sha256_state hash;
  bool finished = false;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->hash); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  CHECK(!state_->finished);
  crypto_hash_sha256_update(&state_->hash, data_of(bytes), bytes.size());
}

Digest Sha256::finish() {
  CHECK(!state_->finished);
  state_->finished = true;
  Digest out;
  crypto_hash_sha256_final(&state_->hash, out.data());
  return out;
}

Digest sha256(std::string_view bytes) {
  Digest out;
  crypto_hash_sha256(out.data(), data_of(bytes), bytes.size());
  return out;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, data_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, data_of(bytes), bytes.size());
  Digest out;
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace cairn::crypto
