#include "measures/facts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "base/hash.h"
#include "base/text.h"

namespace cairn::measures {
namespace {

/// Turns cart events into starts of carts: one a cart_id, and for events without one, one after each pause.
class Starts {
 public:
  explicit Starts(std::vector<Time>& out) : out_(out) {}
  void add(std::string_view id, Time at) {
    if (!id.empty()) {
      if (ids_.emplace(id).second) out_.push_back(at);
      return;
    }
    if (!last_without_id_ || at - *last_without_id_ > kCartWindow) out_.push_back(at);
    last_without_id_ = at;
  }

 private:
  std::vector<Time>& out_;
  std::set<std::string> ids_;
  std::optional<Time> last_without_id_;
};

class Folder {
 public:
  Folder(Facts& facts, const Reading& reading)
      : f_(facts), reading_(reading), carts_(facts.carts), checkouts_(facts.checkouts) {}

  void add(const Event& event) {
    if (event.kind == KindRef::other) return;
    if (!reads_properties(event.kind)) return add_moment(event);
    Properties p(event, reading_);
    switch (event.kind) {
      case KindRef::order_completed:
      case KindRef::order_paid:
      case KindRef::order_updated:
      case KindRef::order_shipped:
      case KindRef::order_delivered:
      case KindRef::order_cancelled:
      case KindRef::order_refunded:
      case KindRef::return_requested:
      case KindRef::return_received: orders_.add(event, p); break;
      case KindRef::ticket_opened:
      case KindRef::ticket_replied:
      case KindRef::ticket_solved:
      case KindRef::ticket_reopened: tickets_.add(event, p); break;
      case KindRef::survey_answered: add_answer(event, p); break;
      case KindRef::product_added:
      case KindRef::wishlist_product_added_to_cart:
      case KindRef::checkout_started:
      case KindRef::recommendation_shown:
      case KindRef::automation_entered: add_anticipation(event, p); break;
      default: add_other(event, p);
    }
  }

  void finish() {
    f_.orders = orders_.take();
    for (const Order& o : f_.orders)
      if (o.stands()) f_.purchases.push_back(o.placed_at);
    f_.tickets = tickets_.take();
    f_.in_other_currency = orders_.in_other_currency();
    for (const Ticket& t : f_.tickets) f_.contacts.push_back(t.opened_at);
    std::sort(f_.contacts.begin(), f_.contacts.end());
    for (auto& [key, told] : answers_)
      if (told.is_known()) f_.answers.push_back(*told.value());
    std::stable_sort(f_.answers.begin(), f_.answers.end(),
                     [](const Answer& a, const Answer& b) { return a.at < b.at; });
  }

 private:
  void add_moment(const Event& event) {
    Time at = event.occurred_at;
    switch (event.kind) {
      case KindRef::article_viewed:
        f_.help.push_back(at);
        f_.openings.push_back({at, {}});
        break;
      case KindRef::recommendation_clicked: f_.recommendation_clicks.push_back(at); break;
      case KindRef::email_delivered: f_.messages.push_back(at); break;
      case KindRef::email_marked_as_spam: f_.spam_marks.push_back(at); break;
      case KindRef::unsubscribed: f_.unsubscriptions.push_back(at); break;
      case KindRef::member_enrolled:
        if (!f_.enrolled_at) f_.enrolled_at = at;
        break;
      case KindRef::reward_redeemed: f_.rewards.push_back(at); [[fallthrough]];
      case KindRef::points_earned: f_.point_moves.push_back(at); break;
      case KindRef::referral_sent: f_.referrals.push_back(at); break;
      case KindRef::product_shared:
      case KindRef::article_shared: f_.shares.push_back(at); break;
      default: break;
    }
  }

  void add_other(const Event& event, const Properties& p) {
    Time at = event.occurred_at;
    switch (event.kind) {
      case KindRef::help_searched:
        f_.help.push_back(at);
        f_.searches.push_back({at, std::string(p.text(Name::search_id)), p.whole(Name::results)});
        break;
      case KindRef::article_opened:
        f_.help.push_back(at);
        f_.openings.push_back({at, std::string(p.text(Name::search_id))});
        break;
      case KindRef::article_voted:
        if (auto helpful = p.truth(Name::helpful)) f_.votes.push_back({at, *helpful});
        break;
      case KindRef::live_chat_conversation_started:
        if (is_new("chat", p.text(Name::conversation_id))) f_.contacts.push_back(at);
        break;
      case KindRef::gesture_given:
        if (is_new("gesture", p.text(Name::gesture_id))) f_.gestures.push_back(at);
        break;
      case KindRef::product_reviewed:
        if (is_new("review", p.text(Name::review_id))) f_.reviews.push_back(at);
        break;
      case KindRef::referral_completed: add_referral(at, p); break;
      case KindRef::idea_submitted:
        if (is_new("idea", p.text(Name::idea_id))) f_.ideas.push_back({std::string(p.text(Name::idea_id)), at, {}});
        break;
      case KindRef::idea_answered: add_idea_answer(at, p); break;
      default: break;
    }
  }

  void add_anticipation(const Event& event, const Properties& p) {
    Time at = event.occurred_at;
    switch (event.kind) {
      case KindRef::product_added:
      case KindRef::wishlist_product_added_to_cart: carts_.add(p.text(Name::cart_id), at); break;
      case KindRef::checkout_started: {
        std::string_view id = p.text(Name::checkout_id);
        if (id.empty()) id = p.text(Name::order_id);
        checkouts_.add(id.empty() ? p.text(Name::cart_id) : id, at);
        break;
      }
      case KindRef::recommendation_shown:
        add_treatment(f_.recommendations, at, p.text(Name::placement), p.truth(Name::holdout).value_or(false));
        break;
      default: {
        std::string_view name = p.text(Name::automation_id);
        if (name.empty()) name = p.text(Name::automation);
        add_treatment(f_.automations, at, name, p.truth(Name::holdout).value_or(false));
      }
    }
  }

  /// Only the first meeting counts: later ones are not independent of it.
  static void add_treatment(std::vector<Treatment>& out, Time at, std::string_view name, bool is_holdout) {
    for (const Treatment& t : out)
      if (t.name == name) return;
    out.push_back({at, std::string(name), is_holdout});
  }

  void add_answer(const Event& event, const Properties& p) {
    auto score = p.number(Name::score);
    if (!score) return;
    Answer a{to_lower(p.text(Name::survey)),
             *score,
             p.number(Name::score_max),
             event.occurred_at,
             std::string(p.text(Name::order_id)),
             std::string(p.text(Name::ticket_id)),
             p.truth(Name::comment).value_or(false)};
    std::string response(p.text(Name::response_id));
    if (response.empty()) response = fmt::format("\n{}", event.seq.value);
    answers_[{a.survey, response, a.order_id, a.ticket_id, std::string(p.text(Name::product_id))}].offer(std::move(a),
                                                                                                         event);
  }

  void add_referral(Time at, const Properties& p) {
    std::string role = to_lower(p.text(Name::role));
    if (role == "referrer" || role == "advocate" || role == "sender" || role == "inviter") f_.referrals.push_back(at);
    else if (!f_.referred_at) f_.referred_at = at;
  }

  void add_idea_answer(Time at, const Properties& p) {
    std::string status = to_lower(p.text(Name::status));
    bool realised = status == "realised" || status == "realized" || status == "done" || status == "implemented" ||
                    status == "adopted" || status == "launched";
    std::string_view id = p.text(Name::idea_id);
    for (Idea& idea : f_.ideas)
      if (realised && idea.id == id && !idea.realised_at) idea.realised_at = at;
  }

  /// False for a copy of what was seen before. What has no id is always new.
  bool is_new(std::string_view what, std::string_view id) {
    return id.empty() || seen_.insert(fmt::format("{}\n{}", what, id)).second;
  }

  Facts& f_;
  const Reading& reading_;
  OrderFold orders_;
  TicketFold tickets_;
  Starts carts_, checkouts_;
  std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>, Told<Answer>> answers_;
  std::set<std::string> seen_;
};

}  // namespace

std::optional<int> Answer::on_scale(int low, int high) const {
  if (score_max && *score_max != high) return std::nullopt;
  if (score < low || score > high || std::floor(score) != score) return std::nullopt;
  return static_cast<int>(score);
}

int64_t Facts::value_minor() const {
  int64_t sum = 0;
  for (const Order& o : orders) sum += o.revenue_minor();
  return sum;
}

int bucket_of(CustomerId id) { return static_cast<int>(mix(static_cast<uint64_t>(id.value)) >> 56); }

Facts fold(CustomerId id, std::span<const Event> events, const Reading& reading) {
  Facts facts;
  facts.id = id;
  facts.bucket = bucket_of(id);
  facts.events = events;
  Folder folder(facts, reading);
  for (const Event& event : events) folder.add(event);
  folder.finish();
  return facts;
}

}  // namespace cairn::measures
