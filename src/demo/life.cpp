#include "demo/life.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "demo/parameters.h"

namespace cairn::demo {
namespace {

double beta(Random& random, double a, double b) {
  double x = random.gamma(a, 1), y = random.gamma(b, 1);
  return x / (x + y);
}

constexpr int kLettersAfterLastOrderDays = 240;
constexpr int kVisitsBetweenOrdersMost = 6;

}  // namespace

std::string_view channel_name(Channel channel) {
  switch (channel) {
    case Channel::web: return "web";
    case Channel::app: return "app";
    case Channel::store: return "store";
    case Channel::phone: return "phone";
  }
  return "web";
}

Life::Life(const Plan& plan, uint32_t customer, std::optional<Invitation> invitation, Tape& tape)
    : plan_(plan),
      tape_(tape),
      random_(Random::stream(plan.seed, customer)),
      wishes_(Random::stream(mix(plan.seed), customer)),
      customer_(customer),
      name_(std::to_string(customer)),
      invitation_(invitation) {
  truth_.customer = customer;
  draw_traits();
}

void Life::draw_traits() {
  truth_.buys = chance(kBuyerShare) || invitation_;
  truth_.purchase_rate = random_.gamma(kRateShape, kRateMean / kRateShape);
  truth_.dropout = beta(random_, kDropoutShapeA, kDropoutShapeB);
  own_satisfaction_ = std::clamp(random_.normal(kSatisfactionMean, kSatisfactionSpread), 0.05, 0.98);
  satisfaction_ = own_satisfaction_;
  price_sensitivity_ = uniform();
  talkative_ = std::clamp(random_.gamma(3, 1.0 / 3), 0.1, 2.5);
  taste_ = random_.below(categories().size());
  prefers_store_ = chance(kStoreShare * 0.8);
  is_holdout_reminder_ = chance(kHoldout);
  is_holdout_win_back_ = chance(kHoldout);
  is_holdout_recommendation_ = chance(kHoldout);
  for (size_t i = 0, n = 1 + random_.below(10) / 8; i < n; ++i) {
    double u = uniform();
    auto kinds = device_kinds();
    size_t k = 0;
    while (k + 1 < kinds.size() && u > kinds[k].share) u -= kinds[k++].share;
    devices_.push_back({&kinds[k], false});
  }
  if (invitation_) truth_.invited_by = invitation_->from;
}

Time Life::arrive() {
  if (invitation_) return later(invitation_->at, 60);
  return plan_.calendar.arrival(uniform(), random_);
}

Note Life::note(Time at, std::string_view kind, Source source, uint8_t carries, uint8_t device) {
  return Note(tape_, Record{at, kind, customer_, customer_, told_++, 0, 0, source, carries, device});
}

void Life::move(double by) {
  satisfaction_ = std::clamp(satisfaction_ + by, 0.02, 0.99);
  truth_.satisfied = satisfaction_;
  if (satisfaction_ < kDissatisfiedBelow) truth_.was_dissatisfied = true;
}

Time Life::later(Time from, double mean_hours) {
  return from + seconds(60 + static_cast<int64_t>(random_.exponential(1 / mean_hours) * 3600));
}

Time Life::next_morning(Time from, int days_later) {
  return plan_.calendar.at(plan_.calendar.day_of(from) + days_later, 9 + 2 * uniform());
}

void Life::live() {
  Time end = plan_.calendar.end();
  move(0);
  Time at = arrive();
  Time first = at;
  bool looks_before = !prefers_store_ || chance(0.3);
  for (int i = 0; looks_before && i < 4 && (i == 0 || chance(0.45)); ++i) {
    at = i == 0 ? at : later(at, 40);
    browse(at, at);
  }
  if (!truth_.buys) return;
  Time next = later(at, chance(0.6) ? 0.5 : 72);
  Time last = first;
  while (next < end) {
    std::optional<Order> order = buy(next);
    if (!order) {
      // The checkout was broken: some come back for it, the others are gone.
      bool comes_back = chance(kIncidentComesBack);
      if (!comes_back) truth_.left_at = next;
      next = comes_back ? later(next + days(2), 72) : end;
      continue;
    }
    last = order->at;
    bool left = leaves();
    if (left) truth_.left_at = last;
    next = next_purchase(*order, left);
    move(kForgets * (own_satisfaction_ - satisfaction_));
  }
  if (is_known_) write_letters(first, std::min(end, last + days(kLettersAfterLastOrderDays)));
}

bool Life::leaves() {
  double p = truth_.dropout * (1 + kDropoutBySatisfaction * (kMiddling - satisfaction_)) - keeps_;
  keeps_ = 0;
  return chance(std::clamp(p, 0.0, 1.0));
}

Time Life::next_purchase(const Order& order, bool left) {
  const Calendar& calendar = plan_.calendar;
  Time natural = calendar.end();
  if (!left) {
    double gap = 2 + random_.exponential(truth_.purchase_rate);
    natural = std::max(calendar.moment(calendar.busy_at(order.at) + gap, random_), order.at + days(1));
    natural = wander(order.at, natural);
  }
  return anticipated(order, natural, left);
}

Time Life::wander(Time from, Time natural) {
  double span = std::min((natural - from).seconds() / 3600, 400.0 * 24);
  int64_t count = std::min<int64_t>(random_.poisson(span / 24 * kBrowsePerDay), kVisitsBetweenOrdersMost);
  std::vector<Time> visits;
  for (int64_t i = 0; i < count; ++i)
    visits.push_back(from + minutes(60 + static_cast<int64_t>(uniform() * span * 60)));
  std::sort(visits.begin(), visits.end());
  for (Time at : visits) {
    if (at >= natural || at >= plan_.calendar.end()) break;
    if (auto sooner = browse(at, natural)) natural = std::min(natural, *sooner);
  }
  return natural;
}

Time Life::anticipated(const Order& order, Time natural, bool left) {
  Time due = next_morning(order.at, kWinBackDays);
  if (natural <= due || due >= plan_.calendar.end() || !is_subscribed_) return natural;
  note(due, "Automation Entered", Source::email, kEmail)
      .text("automation_id", "win-back")
      .text("automation", "We miss you")
      .flag("holdout", is_holdout_win_back_);
  if (is_holdout_win_back_) return natural;
  note(due + minutes(1), "Email Delivered", Source::email, kEmail)
      .text("email_id", id('m'))
      .text("email_subject", "It has been a while")
      .text("automation_id", "win-back");
  ++truth_.win_backs;
  if (left || natural <= due + days(7) || !chance(kWinBackUplift)) return natural;
  ++truth_.orders_by_win_back;
  return soon(due, 36);
}

void Life::write_letters(Time from, Time until) {
  const Calendar& calendar = plan_.calendar;
  for (int day = calendar.day_of(from) + 1; is_subscribed_ && day < calendar.days(); ++day) {
    CivilDate date = civil_of(calendar.civil_day(day));
    bool is_letter_day = calendar.weekday(day) == 1 && (date.day <= 7 || (date.day > 14 && date.day <= 21));
    if (!is_letter_day) continue;
    Time at = calendar.at(day, 10 + uniform() / 4);
    if (at >= until) return;
    std::string campaign = fmt::format("letter-{}", to_text(calendar.civil_day(day))), mail = id('m');
    auto about = [&](Time when, std::string_view kind) {
      note(when, kind, Source::email, kEmail).text("email_id", mail).text("campaign_id", campaign);
    };
    about(at, "Email Delivered");
    if (chance(kOpensMail)) {
      Time opened = later(at, 8);
      about(opened, "Email Opened");
      if (chance(0.15)) about(opened + seconds(20), "Email Link Clicked");
    }
    if (chance(kMarksSpam)) about(later(at, 20), "Email Marked as Spam");
    if (chance(kUnsubscribes * (satisfaction_ < kDissatisfiedBelow ? 3 : 1))) {
      Time enough = later(at, 20);
      about(enough, "Unsubscribed");
      state(enough, "email", "withdrawn", "preference page");
      is_subscribed_ = false;
    }
  }
}

}  // namespace cairn::demo
