// Telephone numbers in one form, E.164: `06 12 34 56 78` in France, `+33 (0)6 12 34 56 78` and `0033612345678` anywhere
// are `+33612345678`. By the numbering plans of libphonenumber's metadata (phone_regions.json, made by cmake/phone).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace cairn::people {

/// The number as `+`, calling code and national number, digits alone. Nothing when it is no number of its plan: too
/// long, too short, letters in it, a calling code that nobody has. `region`: the country whose own numbers are meant
/// when the calling code is not written, as `FR`; empty or unknown: only international numbers are read. What follows
/// as an extension (`ext. 12`, `x12`, `;ext=12`, `#12`) is cut off.
std::optional<std::string> to_e164(std::string_view text, std::string_view region);

/// Whether there are numbers of this country, as `FR`.
bool is_phone_region(std::string_view region);

}  // namespace cairn::people
