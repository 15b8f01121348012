// The texts that open a door, and what is made of them. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"

namespace cairn::accounts {

/// `ck_<16 hex digits>_<43 base64url>`: the id may be shown, the whole is the secret.
struct KeyText {
  std::string id;
  std::string text;
};
KeyText make_key(Entropy& entropy);
/// The id of a text that is formed like a key.
std::optional<std::string_view> key_id(std::string_view text);

/// The token that must come with every change in this session. Made from the cookie, so it is bound to it and needs no
/// place in the store; the cookie cannot be found from it.
std::string csrf_of(std::string_view cookie);

}  // namespace cairn::accounts
