#include "people/rules.h"

#include <algorithm>
#include <set>

#include <re2/re2.h>

#include "base/text.h"
#include "events/brand.h"
#include "json/codec.h"
#include "people/normal.h"
#include "people/phone.h"

namespace cairn::people {
namespace {

constexpr std::string_view kSetting = "identity.rules";
constexpr std::string_view kAnyExternal = "external:*", kAny = "*";

}  // namespace

std::optional<Duration> length_of(Window window) {
  switch (window) {
    case Window::ever: return std::nullopt;
    case Window::daily: return days(1);
    case Window::weekly: return days(7);
    case Window::monthly: return days(30);
    case Window::annually: return days(365);
  }
  return std::nullopt;
}

Rules Rules::standard() {
  Rules out;
  out.kinds = {{"user_id", 1, Window::ever},   {"card", 5, Window::ever},       {"email", 5, Window::annually},
               {"phone", 5, Window::annually}, {"external:*", 5, Window::ever}, {"anonymous_id", 5, Window::weekly}};
  out.blocked = {"[0-]*", "-1",   "null",  "anonymous",  "undefined",          "none", "nil", "nan", "n/a", "unknown",
                 "guest", "true", "false", "\\(null\\)", "\\[object object\\]"};
  return out;
}

struct Rulebook::Patterns {
  std::unique_ptr<re2::RE2> blocked;  ///< Null: nothing is.
};

Rulebook::Rulebook(Rules rules) : rules_(std::move(rules)), patterns_(std::make_unique<Patterns>()) {}
Rulebook::~Rulebook() = default;

Result<std::shared_ptr<const Rulebook>> Rulebook::make(Rules rules) {
  std::set<std::string> seen;
  for (const KindRule& rule : rules.kinds) {
    if (rule.kind.empty() || !seen.insert(rule.kind).second)
      return fail_at("kinds", "'{}' stands there twice, or is no kind of identifier", rule.kind);
    if (rule.limit < 0) return fail_at("kinds", "the limit of {} is below 0; 0 means any number", rule.kind);
  }
  if (rules.most_ids < 2) return fail_at("most_ids", "a merge needs 2 ids at least");
  if (!rules.phone_region.empty() && !is_phone_region(rules.phone_region))
    return fail_at("phone_region", "'{}' is no country; write FR, DE, US …", rules.phone_region);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  std::string all;
  for (const std::string& pattern : rules.blocked) {
    re2::RE2 one(pattern, options);
    if (!one.ok()) return fail_at("blocked", "'{}' is no regular expression: {}", pattern, one.error());
    all += (all.empty() ? "(?:" : "|(?:") + pattern + ")";
  }
  std::shared_ptr<Rulebook> out(new Rulebook(std::move(rules)));
  if (!all.empty()) out->patterns_->blocked = std::make_unique<re2::RE2>(all, options);
  return std::shared_ptr<const Rulebook>(std::move(out));
}

const KindRule& Rulebook::rule_of(std::string_view kind) const {
  static const KindRule kOther{"*", 5, Window::ever};
  const KindRule* wide = nullptr;
  for (const KindRule& rule : rules_.kinds) {
    if (rule.kind == kind) return rule;
    if (rule.kind == kAnyExternal && kind.starts_with("external:")) wide = &rule;
    if (rule.kind == kAny && !wide) wide = &rule;
  }
  return wide ? *wide : kOther;
}

size_t Rulebook::rank(std::string_view kind) const {
  if (kind == kDeviceKind) return SIZE_MAX;
  const KindRule& rule = rule_of(kind);
  for (size_t i = 0; i < rules_.kinds.size(); ++i)
    if (&rules_.kinds[i] == &rule) return i;
  return rules_.kinds.size();
}

bool Rulebook::is_stronger(std::string_view a, std::string_view b) const {
  size_t x = rank(a), y = rank(b);
  return x != y ? x < y : a < b;
}

bool Rulebook::is_blocked(std::string_view value) const {
  return patterns_->blocked && re2::RE2::FullMatch(value, *patterns_->blocked);
}

std::vector<events::Identifier> Rulebook::usable(const std::vector<events::Identifier>& identifiers,
                                                 std::string* why) const {
  std::vector<events::Identifier> out;
  auto pass_over = [&](const events::Identifier& id, std::string_view reason) {
    if (why && why->empty()) *why = fmt::format("{} '{}' {}", id.kind, id.value, reason);
  };
  for (const events::Identifier& id : identifiers) {
    if (is_blocked(trim(id.value))) {
      pass_over(id, "names nobody");
      continue;
    }
    auto value = normal(id.kind, id.value, rules_.phone_region);
    if (!value) {
      bool needs_country = id.kind == "phone" && rules_.phone_region.empty();
      pass_over(id, needs_country ? "is no number with its calling code; say where you are: `cairn brand --country FR`"
                                  : "is none");
      continue;
    }
    events::Identifier made{id.kind, std::move(*value)};
    if (std::find(out.begin(), out.end(), made) == out.end()) out.push_back(std::move(made));
  }
  std::stable_sort(out.begin(), out.end(),
                   [this](const auto& a, const auto& b) { return is_stronger(a.kind, b.kind); });
  return out;
}

Result<Rules> read_rules(db::Session& session) {
  auto text = TRY(session.first("people.setting", {{"name", kSetting}},
                                [](const db::Row& row) { return std::string(row.text(0)); }));
  Rules out = Rules::standard();
  if (text && !text->empty()) out = TRY(json::decode_text<Rules>(*text, json::Unknown::ignore));
  if (out.phone_region.empty()) out.phone_region = TRY(events::read_brand(session)).country;
  return out;
}

Result<void> write_rules(db::Transaction& tx, const Rules& rules) {
  TRY(Rulebook::make(rules));
  TRY(tx.run("people.set_setting", {{"name", kSetting}, {"value", json::serialize(json::encode(rules))}}));
  return {};
}

}  // namespace cairn::people
