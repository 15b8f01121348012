// Secrets: tokens, passwords, signed texts. All chance comes from the Entropy that is handed in.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace cairn::crypto {

/// Makes the library ready; call it once at the start, before threads. Calling it again does no harm.
void init();

/// A key for hmac and sign: 256 bits.
using Key = Digest;
Key random_key(Entropy& entropy);
/// A key for one purpose, so that what is signed for one is nothing to another.
Key derive_key(const Key& master, std::string_view purpose);

/// So many unguessable bytes as base64url; 32 for anything that opens a door.
std::string random_token(Entropy& entropy, size_t bytes);
/// What the store keeps instead of a token: SHA-256 in hex. REQUIRES: a token of random_token with 16 bytes or more;
/// such a one cannot be searched for, so it needs no salt and no slow hash. Never for passwords.
std::string hash_token(std::string_view token);

/// argon2id with 64 MiB and 2 passes (libsodium's 'interactive', about 70 ms) as a PHC string, salt inside.
/// Only on the hashing lane, never on a network thread. Error unavailable when there is no memory for it.
Result<std::string> hash_password(Entropy& entropy, std::string_view password);
/// Whether the password made the hash; the same cost. A hash that cannot be read matches nothing.
bool verify_password(std::string_view hash, std::string_view password);

/// `<text>.<signature>`, both base64url: for links that must come back as they left. The text can be read by anyone.
/// A link that must end carries its own end in the text.
std::string sign(const Key& key, std::string_view text);
/// The text. Error invalid when it was not signed with this key, without saying which part is wrong.
Result<std::string> verify(const Key& key, std::string_view signed_text);

}  // namespace cairn::crypto
