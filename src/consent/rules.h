// What counts of all that was said. Pure.
//
// The rule: of the statements on a purpose the latest counts, by when it was said (`occurred_at`), not by when we
// learnt of it. Of those said at the same moment a no counts before a yes; of two alike, the one learnt later.
//
// Example. Ann said yes to e-mail on 1 March in the shop, and no on 5 March by a link in a mail, as two customers. They
// are merged on 9 March: the no of 5 March counts, and from then on no mail goes out. When the merge is undone, the
// customer of the shop says yes again.
#pragma once
#include <array>
#include <map>
#include <span>

#include "consent/model.h"

namespace cairn::consent {

/// Whether `b` says more than `a`, which is on the same purpose.
bool is_overruled(const Statement& a, const Statement& b);

/// By purpose, the statement that counts; nothing where nobody said anything.
using Standing = std::array<std::optional<Statement>, kPurposes>;
Standing standing_of(std::span<const Statement> statements);
inline const std::optional<Statement>& at(const Standing& standing, Purpose purpose) {
  return standing[static_cast<size_t>(purpose)];
}
inline State state_of(const std::optional<Statement>& statement) {
  return statement ? statement->state : State::unknown;
}

/// What a switch on the preference page says. What nobody touched says nothing: a box that was ticked already is no
/// consent (Court of Justice of the EU, C-673/17, 2019). `shown` is what the page showed, `now` what counts by now.
std::optional<State> said_by_switch(State shown, bool is_on, State now);
/// What 'refuse all' says of one purpose.
std::optional<State> said_by_refusal(State now);

/// The text in force at a moment: of those valid by then the one valid last, of two alike the higher version.
const Text* text_in_force(std::span<const Text> texts, Purpose purpose, Time at);
const Text* find_text(std::span<const Text> texts, Purpose purpose, int64_t version);

/// The latest of each attribute, by (occurred_at, known_at, seq).
std::map<Attribute, Declaration> declared_of(std::span<const Declaration> declarations);

/// In the order of the brand's list, each once. Error invalid (field: the attribute) for what is not in it, and for two
/// life stages.
Result<std::vector<std::string>> check_choices(const Settings& settings, Attribute attribute,
                                               const std::vector<std::string>& choices);
/// Error invalid with the field: names, words and numbers of choices.
Result<void> check_settings(const Settings& settings);

}  // namespace cairn::consent
