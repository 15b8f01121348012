// Names as they are searched: lower case, without accents, from any of their words on. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace cairn::profile {

/// Lower case, accents folded, signs made blanks, one blank between words: `  Élodie  O'Neill-Åström` is
/// `elodie o neill astrom`. Latin, Greek and Cyrillic letters; others stay as they are.
std::string fold_name(std::string_view text);

/// Lower case letters, Latin, Greek and Cyrillic, accents as they are: `Été` is `été`.
std::string lower_case(std::string_view text);

/// What is stored of a name, so that it is found from each of its words on: `Marie Anne Dupont` gives
/// `marie anne dupont`, `anne dupont marie`, `dupont marie anne`. At most kWords words.
std::vector<std::string> turns_of(std::string_view name);
inline constexpr size_t kWords = 6;
inline constexpr size_t kNameBytes = 200;

/// Whether each word of `typed` begins a word of `name`, no two the same one. Both folded.
bool begins_words(std::string_view typed, std::string_view name);

/// Words a letter away: one left out, put in, another instead, two neighbours changed. Of a folded word of 4 to 20
/// letters from a to z; else nothing.
std::vector<std::string> letter_away(std::string_view word);

}  // namespace cairn::profile
