// One simulated customer from the first visit to the end. Everything drawn comes from the customer's own stream of
// chance, so lives are independent of each other and of the order in which they are thought up.
//
// A life is told order by order: come, look around, buy, wait, be asked, be disappointed or pleased, maybe leave. What
// is told need not be in time order; the tape sorts it. What lies past the shop's end is dropped by the tape, so
// nothing here needs to look at it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "demo/plan.h"
#include "demo/shop.h"
#include "demo/tape.h"

namespace cairn::demo {

/// Somebody told a friend, who will come.
struct Invitation {
  Time at;
  uint32_t from = 0;
  uint32_t number = 0;  ///< Of the inviter's invitations.
};

/// What nobody at the shop can see. Goes to truth.json.
struct Truth {
  uint32_t customer = 0;
  bool buys = false;            ///< One who buys at all, given the time.
  double satisfied = 0;         ///< Latent satisfaction at the end, 0–1.
  double purchase_rate = 0;     ///< Purchases in a busy day while staying.
  double dropout = 0;           ///< Own chance to leave after a purchase, before satisfaction.
  std::optional<Time> left_at;  ///< After this moment nothing is ever bought again.
  bool was_eligible = false;    ///< For a gesture: complained and had the trouble solved.
  bool was_treated = false;     ///< And won the draw.
  bool is_member = false;
  bool hit_by_incident = false;
  bool was_dissatisfied = false;
  bool told_so = false;  ///< Complained, or gave a low answer.
  std::optional<uint32_t> invited_by;
  int orders = 0;
  /// Treatments that were no holdout, and orders within 7 days that would not have been without.
  int reminders = 0, orders_by_reminder = 0;
  int win_backs = 0, orders_by_win_back = 0;
  int recommended = 0, orders_by_recommendation = 0;
};

enum class Channel : uint8_t { web, app, store, phone };
std::string_view channel_name(Channel channel);

class Life {
 public:
  /// `invitation`: the one that brings this customer, if any. Plan and tape must outlive the life.
  Life(const Plan& plan, uint32_t customer, std::optional<Invitation> invitation, Tape& tape);
  void live();
  const Truth& truth() const { return truth_; }
  /// Accepted ones, in time order.
  const std::vector<Invitation>& invitations() const { return invitations_; }

 private:
  struct Device {
    const DeviceKind* kind;
    bool is_known;  ///< Somebody signed in on it.
  };
  struct Visit {
    Time now;
    uint8_t device;
    Channel channel;
    uint32_t number;
    bool signed_in;
  };
  struct Order {
    std::string id;
    Time at;
    Channel channel;
    std::vector<Line> lines;
    int64_t subtotal = 0, total = 0;
    Day promised;
    std::optional<Time> delivered;
    double pleased = 0;  ///< What this order does to satisfaction.
    bool is_cancelled = false;
  };
  enum class Answer { order_csat, ticket_csat, gesture_csat, need_met, ces, nps };

  // life.cpp: the course of a life
  void draw_traits();
  Time arrive();
  bool leaves();
  Time next_purchase(const Order& order, bool left);
  Time wander(Time from, Time natural);
  Time anticipated(const Order& order, Time natural, bool left);
  void write_letters(Time from, Time until);
  double uniform() { return random_.uniform(); }
  bool chance(double p) { return random_.chance(p); }
  void move(double by);
  /// Later by a draw with this mean, in hours.
  Time later(Time from, double mean_hours);
  /// Likewise, but within 6 days.
  Time soon(Time from, double mean_hours) { return std::min(later(from, mean_hours), from + days(6)); }
  Time next_morning(Time from, int days_later);
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[random_.below(from.size())];
  }
  Note note(Time at, std::string_view kind, Source source, uint8_t carries, uint8_t device = 0);
  std::string id(char letter) { return fmt::format("{}{}-{}", letter, name_, ++ids_); }

  // life_visits.cpp: at the shop's pages
  Visit begin_visit(Time at);
  void sign_in(Visit& visit);
  Note web(Visit& visit, std::string_view kind, double after_seconds);
  size_t a_product();
  void look_around(Visit& visit);
  /// True when the visit's recommendation makes a purchase.
  bool recommend(Visit& visit, bool is_open);
  /// A visit without buying by one who, left alone, would buy next at `natural`. Tells when they buy sooner.
  std::optional<Time> browse(Time at, Time natural);
  void leave_basket(Visit& visit);
  std::optional<Time> remind(Time left, bool is_open);
  std::vector<Line> fill_basket();
  std::optional<Order> buy(Time at);
  std::optional<Order> check_out(Visit& visit, std::vector<Line> lines);
  bool breaks_here(const Visit& visit);
  void break_checkout(Visit& visit, const std::string& checkout);
  void seek_help(Time at);

  // life_orders.cpp: what becomes of an order
  Order place(Time at, Channel channel, std::vector<Line> lines);
  void become_known(const Order& order);
  void earn(const Order& order);
  void fulfil(Order& order);
  void ship(Order& order);
  double late_share(const Carrier& carrier, Time at) const;
  void take_back(Order& order, bool is_faulty);
  void cancel(Order& order, std::string_view reason, std::string_view by);
  void invite(const Order& order);
  void give_back(const Order& order);
  void complete_referral(const Order& order);

  // life_service.cpp: contacts and surveys
  void write_in(Time at, Trouble trouble, const std::string& order_id);
  Time solve(Time opened, const std::string& ticket, bool is_complaint, bool& well);
  void maybe_gesture(Time solved, const std::string& ticket, const std::string& order_id);
  void chat(Time at, std::string_view question);
  void ask(Time at, Answer what, double satisfaction, const std::string& order_id, const std::string& ticket);

  // life_consent.cpp: what they allow, and say of themselves
  void agree(const Order& order);
  /// At a later order.
  void think_again(const Order& order);
  void state(Time at, std::string_view purpose, std::string_view state, std::string_view source);
  void say_more(Time at);

  const Plan& plan_;
  Tape& tape_;
  Random random_;
  /// What consents are drawn from: they change nothing else in a life.
  Random wishes_;
  bool allows_sms_ = false, has_said_more_ = false;
  uint32_t customer_;
  std::string name_;  ///< The number, as part of ids.
  std::optional<Invitation> invitation_;
  Truth truth_;
  std::vector<Invitation> invitations_;

  std::vector<Device> devices_;
  size_t taste_ = 0;
  double price_sensitivity_ = 0, talkative_ = 0, own_satisfaction_ = 0, satisfaction_ = 0;
  double keeps_ = 0;  ///< Less chance to leave, next time, for a gesture received.
  bool is_known_ = false, is_subscribed_ = false, prefers_store_ = false;
  bool is_holdout_reminder_ = false, is_holdout_win_back_ = false, is_holdout_recommendation_ = false;
  bool was_recommended_ = false;
  int64_t points_ = 0;
  std::string coupon_;
  std::optional<Time> last_nps_;
  uint32_t told_ = 0, ids_ = 0, visits_ = 0;
};

}  // namespace cairn::demo
