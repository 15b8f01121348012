// The languages that every word of the product exists in.
#pragma once
#include <string_view>

#include "base/result.h"
#include "json/describe.h"

namespace cairn::i18n {

enum class Language { en, fr };
BOOST_DESCRIBE_ENUM(Language, en, fr)

/// `en`, `fr`, or with a region (`fr-CA`, `en_GB`), in any case. Error invalid, naming what is allowed.
Result<Language> parse_language(std::string_view text);

/// The best of ours for an Accept-Language header (RFC 9110, 12.5.4): the highest q, of equals the first. `fallback`
/// when it names none of ours; unreadable parts are passed over.
Language from_accept_language(std::string_view header, Language fallback);

}  // namespace cairn::i18n
