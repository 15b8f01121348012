// What a visitor answered to a shop's banner, as the shop's library sends it with each event
// (`context.consent`, `context.consentManagement`). Pure.
//
// The rule. An answer comes again with every event and does not say when it was given. So
//   1. only what changed on that device is said: the same answer again is nothing;
//   2. of an answer that is heard for the first time nobody knows whether it was before or after what is known: its no
//      counts, its yes counts only where there is no no. An event that tells of the change itself knows its moment;
//   3. who sends with a key that stands in public pages could be anybody. A no does no harm, so it counts. A yes counts
//      as long as nobody knows whose browser it is, and for nobody who is known.
//
// Example. Ann said yes to personalisation at the till on 1 March. On 5 March she signs in on her telephone, where she
// has refused it: withdrawn. On 7 March she opens the telephone's banner and allows it: the browser's word gives no yes
// to somebody known, she stays withdrawn; had the shop's server sent the same, it would be granted.
#pragma once
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "consent/rules.h"

namespace cairn::consent {

/// The events by which Segment's libraries and RudderStack's tell that an answer was changed.
inline constexpr std::array<std::string_view, 2> kAnswerChanged = {"Segment Consent Preference Updated",
                                                                   "Consent Management Interaction"};
bool tells_of_change(std::string_view kind);

using Answers = std::map<std::string, bool>;
/// Of `analytics=1 marketing=0`; what is not of this form is left out.
Answers answers_of(std::string_view said);
/// The same out of the properties of a row as they are written, without parsing them; empty when there is none.
std::string_view answers_in(std::string_view properties);

/// By purpose, what the answers come to: a no of one category is a no to each of its purposes.
using ByPurpose = std::array<std::optional<bool>, kPurposes>;
ByPurpose by_purpose(const Answers& answers, const Categories& categories);

struct Heard {
  Answers now;
  std::optional<Answers> before;  ///< What the device said last; absent: it is heard for the first time.
  bool tells_of_change = false;   ///< The event is the change itself.
  bool is_trusted = false;        ///< The sender's key is a secret.
  bool is_known = false;          ///< The person has a name, an address, an account …
};
/// What is said of each purpose, if anything.
std::array<std::optional<State>, kPurposes> said_by_banner(const Heard& heard, const Categories& categories,
                                                           const Standing& standing);

}  // namespace cairn::consent
