#include "profile/story.h"

#include <algorithm>
#include <set>

namespace cairn::profile {
namespace {

using measures::Because;
using measures::Evidence;
using measures::Standing;

std::string day_text(const i18n::Words& words, const Zone& zone, Time at) { return words.date(zone.day(at)); }

std::string number_text(const i18n::Words& words, const std::optional<double>& score) {
  return score ? words.number(*score, 0) : std::string();
}

std::string text_of(const Evidence& e, const i18n::Words& words, const Zone& zone) {
  std::string day = day_text(words, zone, e.at), score = number_text(words, e.score);
  return words.text(fmt::format("profile.because.{}", json::enum_name(e.because)),
                    {{"day", day}, {"id", e.id}, {"score", score}});
}

std::string name_of(Standing::Kind kind) {
  switch (kind) {
    case Standing::Kind::away: return "away";
    case Standing::Kind::fragile: return "fragile";
    case Standing::Kind::unplaced: return "unplaced";
    case Standing::Kind::level: break;
  }
  return "level";
}

/// Smaller is worse.
int rank_of(std::string_view what) {
  static constexpr std::array<std::string_view, 6> kWorstFirst = {"ticket_overdue", "order_missing", "ticket_open",
                                                                  "order_late",     "low_nps",       "low_rating"};
  return static_cast<int>(std::find(kWorstFirst.begin(), kWorstFirst.end(), what) - kWorstFirst.begin());
}

constexpr size_t kReasons = 20;

}  // namespace

Level level_of(const measures::Explained& explained, const i18n::Words& words, const Zone& zone) {
  Level out;
  out.standing = name_of(explained.standing.kind);
  bool is_level = explained.standing.kind == Standing::Kind::level;
  if (is_level) out.level = explained.standing.level;
  out.text = words.text(is_level ? fmt::format("profile.level.{}", explained.standing.level)
                                 : "profile.level." + out.standing);
  for (const Evidence& e : explained.evidence) {
    if (out.reasons.size() == kReasons) break;
    out.reasons.push_back({std::string(json::enum_name(e.because)), e.at, e.id, e.score, text_of(e, words, zone)});
  }
  return out;
}

std::vector<Hurt> hurts_of(const Pains& pains, const i18n::Words& words, const Zone& zone) {
  std::vector<Hurt> out;
  std::set<std::string> told;
  if (pains.explained.standing.kind == Standing::Kind::fragile)
    for (const Evidence& e : pains.explained.evidence) {
      out.push_back({std::string(json::enum_name(e.because)), e.at, e.id, text_of(e, words, zone)});
      if (e.because == Because::ticket_overdue || e.because == Because::order_missing) told.insert(e.id);
    }
  for (const Ticket& t : pains.tickets) {
    if (!t.ticket_id.empty() && told.contains(t.ticket_id)) continue;
    std::string day = day_text(words, zone, t.opened_at);
    std::string text = words.text(t.cause.empty() ? "profile.hurt.ticket_open" : "profile.hurt.ticket_open_because",
                                  {{"id", t.ticket_id}, {"day", day}, {"cause", t.cause}});
    out.push_back({"ticket_open", t.opened_at, t.ticket_id, std::move(text)});
  }
  for (const RecentOrder& o : pains.late) {
    if (!o.order_id.empty() && told.contains(o.order_id)) continue;
    std::string day = day_text(words, zone, *o.promised_at);
    out.push_back({"order_late", *o.promised_at, o.order_id,
                   words.text("profile.hurt.order_late", {{"id", o.order_id}, {"day", day}})});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Hurt& a, const Hurt& b) { return rank_of(a.what) < rank_of(b.what); });
  if (out.size() > kReasons) out.resize(kReasons);
  return out;
}

std::optional<Rfm> rfm_of(const Facts& facts, const std::optional<Thresholds>& thresholds, Time now,
                          const i18n::Words& words) {
  const double* since = facts[Fact::days_since].get<double>();
  int64_t orders = facts.count(Fact::orders);
  if (!thresholds || thresholds->fifths.buyers == 0 || !since || orders < 1) return std::nullopt;
  const segments::Fifths& f = thresholds->fifths;
  Rfm out;
  double later = (now - thresholds->at).seconds() / days(1).seconds();
  out.recency = f.recency(*since - later);
  out.frequency = f.frequency(static_cast<double>(orders));
  out.text = fmt::format("{}-{}", out.recency, out.frequency);
  auto spent = facts.money(Fact::revenue);
  if (spent) {
    out.value = f.value(spent->minor);
    out.text += fmt::format("-{}", *out.value);
  }
  bool is_often = static_cast<double>(orders) >= f.often;
  // As the presets have it: champions also spend like the best fifth, where there are amounts.
  if (out.recency == 5 && is_often && (!spent || spent->minor >= f.spent[3])) out.group = "champions";
  else if (out.recency == 1 && is_often) out.group = "at_risk";
  if (!out.group.empty()) out.label = words.text("segments.preset." + out.group);
  out.thresholds_at = thresholds->at;
  out.buyers = f.buyers;
  out.has_fixed_frequency = f.has_fixed;
  return out;
}

Who who_of(CustomerId root, const std::vector<Attribute>& attributes, const std::vector<Identifier>& identifiers,
           const Facts& facts, const i18n::Words& words) {
  Who out;
  out.name = name_in(attributes);
  out.email = text_in(attributes, "email");
  out.phone = text_in(attributes, "phone");
  out.city = text_in(attributes, "city");
  out.country = text_in(attributes, "country");
  out.locale = text_in(attributes, "locale");
  out.tier = text_in(attributes, "member.tier");
  out.first_seen_at = facts.time(Fact::first_seen_at);
  out.last_seen_at = facts.time(Fact::last_seen_at);
  auto first = [&](std::string_view kind) {
    for (const Identifier& id : identifiers)
      if (id.kind == kind) return id.value;
    return std::string();
  };
  for (const Identifier& id : identifiers) out.is_known = out.is_known || id.kind != "anonymous_id";
  if (out.email.empty()) out.email = first("email");
  if (out.phone.empty()) out.phone = first("phone");
  if (out.name.empty()) out.name = out.email;
  if (out.name.empty()) out.name = first("user_id");
  if (!out.name.empty()) return out;
  std::string digits = std::to_string(root.value);
  out.name = words.text("profile.visitor", {{"id", digits.substr(digits.size() - std::min<size_t>(4, digits.size()))}});
  return out;
}

}  // namespace cairn::profile
