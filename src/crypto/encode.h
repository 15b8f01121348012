// Bytes as text and back (RFC 4648). Decoding is strict: no white space, canonical ends, padding exactly where the form
// has it; error invalid otherwise. Encoding takes the same time whatever the bytes are.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::crypto {

/// Lower case; decoding takes both cases.
std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);
/// Section 4, padded.
std::string to_base64(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);
/// Section 5, without padding: fit for URLs, cookies and file names.
std::string to_base64url(std::string_view bytes);
Result<std::string> from_base64url(std::string_view text);

}  // namespace cairn::crypto
