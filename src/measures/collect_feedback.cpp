#include <algorithm>
#include <array>

#include "measures/collect.h"

namespace cairn::measures {
namespace {

/// Questions answered on 1–5, of which 4 and 5 are good.
struct TopTwo {
  std::string_view survey;
  Key key;
};
constexpr std::array kTopTwo = {
    TopTwo{"order_csat", Key::order_csat},
    TopTwo{"ticket_csat", Key::ticket_csat},
    TopTwo{"gesture_csat", Key::gesture_csat},
    TopTwo{"need_met", Key::need_met},
    TopTwo{"useful", Key::useful},
    TopTwo{"usable", Key::usable},
    TopTwo{"enjoyable", Key::enjoyable},
};

void collect_top_two(const Answer& a, Key key, Sheet& sheet) {
  auto score = a.on_scale(1, 5);
  if (!score) return;
  sheet.trial(key, a.at, *score >= 4);
  sheet.part(key, a.at, std::to_string(*score));
}

void collect_ces(const Answer& a, Sheet& sheet) {
  auto score = a.on_scale(1, 7);
  if (!score) return;
  double s = *score;
  sheet.add(Key::ces, a.at, {s, s * s, 1});
  sheet.part(Key::ces, a.at, std::to_string(*score));
  sheet.trial(Key::ces_easy_share, a.at, *score >= 5);
}

void collect_nps(const Answer& a, Sheet& sheet) {
  auto score = a.on_scale(0, 10);
  if (!score || !sheet.scope().contains(a.at)) return;
  bool promoter = *score >= 9, detractor = *score <= 6;
  sheet.add(Key::nps, a.at, {promoter ? 1.0 : 0.0, detractor ? 1.0 : 0.0, 1});
  sheet.part(Key::nps, a.at, promoter ? "promoters" : detractor ? "detractors" : "passives");
  if (detractor) sheet.mark(Key::nps);
}

std::vector<Treatment> decided(const std::vector<Treatment>& all, Time until) {
  std::vector<Treatment> out;
  for (const Treatment& t : all)
    if (t.at + kConversionWindow <= until) out.push_back(t);
  return out;
}

void collect_messages(const Facts& facts, Sheet& sheet) {
  for (Time at : facts.messages) {
    sheet.add(Key::optouts_per_1000_messages, at, {0, 1});
    sheet.add(Key::spam_marks_per_1000_messages, at, {0, 1});
  }
  for (Time at : facts.unsubscriptions) {
    sheet.add(Key::optouts_per_1000_messages, at, {1, 0});
    if (sheet.scope().contains(at)) sheet.mark(Key::optouts_per_1000_messages);
  }
  for (Time at : facts.spam_marks) sheet.add(Key::spam_marks_per_1000_messages, at, {1, 0});
}

}  // namespace

void collect_feedback(const Facts& facts, const AsOf&, Sheet& sheet) {
  for (const Answer& a : facts.answers) {
    if (a.survey == "nps") collect_nps(a, sheet);
    if (a.survey == "ces") collect_ces(a, sheet);
    for (const TopTwo& t : kTopTwo)
      if (a.survey == t.survey) collect_top_two(a, t.key, sheet);
  }
}

void collect_anticipation(const Facts& facts, const AsOf& as_of, Sheet& sheet) {
  const std::vector<Time>& purchases = facts.purchases;
  auto collect = [&](Key key, const std::vector<Treatment>& all) {
    for (const Treatment& t : decided(all, as_of.until)) {
      bool bought = any_in(purchases, t.at, t.at + kConversionWindow + microseconds(1));
      sheet.treatment(key, t.name, t.at, t.is_holdout, bought);
    }
  };
  collect(Key::automation_uplift, facts.automations);
  collect(Key::recommendation_uplift, facts.recommendations);
  collect_messages(facts, sheet);
  at_each_end(sheet, [&](int month, Time end) {
    bool is_member = facts.enrolled_at && *facts.enrolled_at < end;
    bool has_bought = !purchases.empty() && purchases.front() < end;
    if (is_member || has_bought) sheet.state(Key::participation, month, is_member);
    if (is_member) sheet.state(Key::active_members, month, any_in(facts.point_moves, end - kYear, end));
  });
}

void collect_contributions(const Facts& facts, const AsOf&, Sheet& sheet) {
  for (Time at : facts.reviews) sheet.add(Key::reviews_per_100_deliveries, at, {1, 0});
  for (const Idea& idea : facts.ideas) sheet.trial(Key::ideas_realised, idea.at, idea.realised_at.has_value());
  std::vector<Time> given = facts.reviews;
  given.insert(given.end(), facts.shares.begin(), facts.shares.end());
  for (const Idea& idea : facts.ideas) given.push_back(idea.at);
  std::sort(given.begin(), given.end());
  const std::vector<Time>& purchases = facts.purchases;
  at_each_end(sheet, [&](int month, Time end) {
    if (any_in(purchases, end - kYear, end)) sheet.state(Key::contributors, month, any_in(given, end - kYear, end));
  });
}

}  // namespace cairn::measures
