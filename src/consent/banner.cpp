#include "consent/banner.h"

#include <algorithm>

#include "base/text.h"
#include "events/calls.h"
#include "json/describe.h"

namespace cairn::consent {
namespace {

std::optional<State> said_of(const Heard& heard, bool is_yes, std::optional<bool> before, State now) {
  if (before == is_yes && !heard.tells_of_change) return std::nullopt;
  if (!is_yes) return said_by_refusal(now);
  if (now == State::granted || (!heard.is_trusted && heard.is_known)) return std::nullopt;
  bool was_seen = heard.tells_of_change || before.has_value();
  return now == State::unknown || was_seen ? std::optional(State::granted) : std::nullopt;
}

}  // namespace

bool tells_of_change(std::string_view kind) { return std::ranges::find(kAnswerChanged, kind) != kAnswerChanged.end(); }

Answers answers_of(std::string_view said) {
  Answers out;
  for (std::string_view one : split(said, ' ')) {
    size_t equals = one.rfind('=');
    if (equals == one.npos || equals == 0) continue;
    std::string_view answer = one.substr(equals + 1);
    if (answer == "0" || answer == "1") out[std::string(one.substr(0, equals))] = answer == "1";
  }
  return out;
}

std::string_view answers_in(std::string_view properties) {
  static const std::string kMember = fmt::format("\"{}\":\"", events::kConsentCategories);
  size_t at = properties.find(kMember);
  if (at == properties.npos) return {};
  properties.remove_prefix(at + kMember.size());
  return properties.substr(0, properties.find('"'));
}

ByPurpose by_purpose(const Answers& answers, const Categories& categories) {
  ByPurpose out;
  for (const auto& [category, is_yes] : answers) {
    auto found = categories.find(category);
    if (found == categories.end()) continue;
    for (Purpose purpose : found->second) {
      auto& one = out[static_cast<size_t>(purpose)];
      one = one.value_or(true) && is_yes;
    }
  }
  return out;
}

std::array<std::optional<State>, kPurposes> said_by_banner(const Heard& heard, const Categories& categories,
                                                           const Standing& standing) {
  ByPurpose now = by_purpose(heard.now, categories), before;
  if (heard.before) before = by_purpose(*heard.before, categories);
  std::array<std::optional<State>, kPurposes> out;
  for (size_t i = 0; i < kPurposes; ++i)
    if (now[i]) out[i] = said_of(heard, *now[i], before[i], state_of(standing[i]));
  return out;
}

}  // namespace cairn::consent
