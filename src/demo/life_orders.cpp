#include <algorithm>

#include "demo/life.h"
#include "demo/parameters.h"

namespace cairn::demo {
namespace {

constexpr int64_t kFreeShippingFrom = 4500;
constexpr int64_t kShipping = 490;
constexpr int64_t kCouponValue = 500;
constexpr Duration kWaitsForLost = days(11);

std::string_view store_of(uint32_t customer) { return customer % 3 ? "lyon" : "paris"; }

}  // namespace

Life::Order Life::place(Time at, Channel channel, std::vector<Line> lines) {
  Order order{id('o'), at, channel, std::move(lines), 0, 0, {}, {}, 0, false};
  for (const Line& line : order.lines) order.subtotal += products()[line.product].price_minor * line.quantity;
  bool at_till = channel == Channel::store;
  int64_t shipping = at_till || order.subtotal >= kFreeShippingFrom ? 0 : kShipping;
  int64_t discount = coupon_.empty() ? 0 : std::min(kCouponValue, order.subtotal);
  order.total = order.subtotal - discount + shipping;
  order.promised = plan_.calendar.civil_day(plan_.calendar.day_of(at) + kPromisedDays);
  Source source = at_till ? Source::till : Source::shop;
  uint8_t carries = at_till ? kUserId | kCard : kUserId | kEmail;
  ++truth_.orders;
  {
    Note placed = note(at, "Order Completed", source, carries);
    placed.text("order_id", order.id).text("channel", channel_name(channel)).text("currency", "EUR");
    placed.money("subtotal", order.subtotal)
        .money("shipping", shipping)
        .money("discount", discount)
        .money("total", order.total);
    if (!coupon_.empty()) placed.text("coupon", coupon_);
    if (at_till) placed.text("store_id", store_of(customer_));
    else placed.day("promised_at", order.promised);
    placed.products(order.lines);
  }
  coupon_.clear();
  note(at + seconds(20), "Order Paid", source, carries)
      .text("order_id", order.id)
      .text("payment_id", order.id)
      .money("amount", order.total)
      .text("method", chance(0.8) ? "card" : "wallet");
  become_known(order);
  earn(order);
  return order;
}

void Life::become_known(const Order& order) {
  is_known_ = true;
  if (truth_.orders > 1) return think_again(order);
  is_subscribed_ = chance(kSubscribes);
  Who person = who(customer_);
  note(order.at + seconds(40), "Customer Updated", Source::shop, kUserId | kEmail)
      .text("first_name", person.first_name)
      .text("last_name", person.last_name)
      .text("email", person.email)
      .text("city", person.city);
  agree(order);
  if (invitation_) complete_referral(order);
}

void Life::complete_referral(const Order& order) {
  std::string referral = fmt::format("f{}-{}", invitation_->from, invitation_->number);
  note(order.at + minutes(2), "Referral Completed", Source::shop, kUserId)
      .text("referral_id", referral)
      .text("order_id", order.id)
      .text("role", "referred");
  Note(tape_, Record{order.at + minutes(2), "Referral Completed", invitation_->from, customer_, told_++, 0, 0,
                     Source::shop, kUserId, 0})
      .text("referral_id", referral)
      .text("order_id", order.id)
      .text("role", "referrer");
}

void Life::earn(const Order& order) {
  Time at = order.at + minutes(1);
  if (!truth_.is_member && chance(truth_.orders == 1 ? kEnrolsFirst : kEnrolsLater)) {
    truth_.is_member = true;
    note(at, "Member Enrolled", Source::shop, kUserId).text("programme", "Almond Club").text("tier", "member");
  }
  if (!truth_.is_member) return;
  int64_t points = order.total / 100;
  points_ += points;
  note(at + seconds(5), "Points Earned", Source::shop, kUserId)
      .text("programme", "Almond Club")
      .whole("points", points)
      .text("reason", "order")
      .text("order_id", order.id);
  if (points_ < kRewardPoints || !chance(0.5)) return;
  points_ -= kRewardPoints;
  note(later(at, 30), "Reward Redeemed", Source::shop, kUserId)
      .text("programme", "Almond Club")
      .whole("points", kRewardPoints)
      .text("reward", "A box of calissons");
}

void Life::fulfil(Order& order) {
  double before = satisfaction_;
  if (order.channel == Channel::store) {
    order.delivered = order.at + minutes(2);
    note(*order.delivered, "Order Delivered", Source::till, kUserId | kCard)
        .text("order_id", order.id)
        .text("store_id", store_of(customer_));
    order.pleased = 2 * kOnTimeMoves;
  } else if (chance(kOutOfStock)) {
    cancel(order, "out_of_stock", "shop");
  } else if (chance(kCancelledByCustomer)) {
    cancel(order, "changed my mind", "customer");
  } else {
    ship(order);
  }
  move(order.pleased);
  if (chance(kQuestionPerOrder)) seek_help(later(order.at, 30));
  if (!order.delivered || order.is_cancelled) return;
  bool is_faulty = chance(kFaulty);
  if (is_faulty) {
    move(kFaultMoves);
    if (chance(kComplainsWhenFaulty))
      write_in(later(*order.delivered, 20), chance(0.6) ? Trouble::damaged : Trouble::wrong_item, order.id);
  }
  if (chance(is_faulty ? kReturnWithFault : kReturnWithoutFault)) take_back(order, is_faulty);
  // A single order is judged by more than the mood that one came with.
  double felt = satisfaction_ + 0.6 * (satisfaction_ - before);
  ask(next_morning(*order.delivered, 2), Answer::order_csat, felt, order.id, {});
  if (chance(kNpsSent) && (!last_nps_ || *order.delivered - *last_nps_ > days(180))) {
    last_nps_ = *order.delivered;
    ask(next_morning(*order.delivered, 9), Answer::nps, satisfaction_, {}, {});
  }
  give_back(order);
  invite(order);
}

double Life::late_share(const Carrier& carrier, Time at) const {
  double share = carrier.late;
  if (carrier.slumps && at >= plan_.slump_from && at < plan_.slump_to) share *= kSlumpFactor;
  if (plan_.calendar.is_christmas(plan_.calendar.day_of(at))) share *= kChristmasLateFactor;
  return std::min(share, 0.8);
}

void Life::ship(Order& order) {
  double u = uniform();
  size_t c = 0;
  while (c + 1 < carriers().size() && u > carriers()[c].share) u -= carriers()[c++].share;
  const Carrier& carrier = carriers()[c];
  int placed = plan_.calendar.day_of(order.at);
  int shipped = placed + 1 + (plan_.calendar.weekday(placed + 1) == 6);
  note(plan_.calendar.at(shipped, 8 + 8 * uniform()), "Order Shipped", Source::shop, kUserId)
      .text("order_id", order.id)
      .text("carrier", carrier.name)
      .day("promised_at", order.promised);
  if (chance(kLost)) {
    order.pleased = kLostMoves;
    Time promised = plan_.calendar.at(placed + kPromisedDays, 12);
    if (chance(kComplainsWhenLost)) write_in(later(promised + kWaitsForLost, 60), Trouble::lost, order.id);
    return;
  }
  int late = chance(late_share(carrier, order.at)) ? 1 + static_cast<int>(random_.exponential(1 / 2.2)) : 0;
  int early = late ? 0 : static_cast<int>(random_.below(3));
  int day = std::max(shipped + 1, placed + kPromisedDays + late - early);
  if (!late) day = std::min(day, placed + kPromisedDays);
  order.delivered = plan_.calendar.at(day, 9 + 10 * uniform());
  note(*order.delivered, "Order Delivered", Source::shop, kUserId)
      .text("order_id", order.id)
      .day("promised_at", order.promised);
  order.pleased = late ? kLateMoves + kLateDayMoves * (late - 1) : kOnTimeMoves;
  if (late && chance(std::min(0.9, kComplainsWhenLate * (1 + 0.25 * (late - 1)))))
    write_in(plan_.calendar.at(placed + kPromisedDays + 1, 9 + 11 * uniform()), Trouble::late, order.id);
}

void Life::take_back(Order& order, bool is_faulty) {
  Line line = order.lines[random_.below(order.lines.size())];
  line.quantity = 1;
  int64_t value = products()[line.product].price_minor;
  std::string back = id('b');
  Time asked = later(*order.delivered + hours(4), 60);
  note(asked, "Return Requested", Source::shop, kUserId)
      .text("order_id", order.id)
      .text("return_id", back)
      .text("reason", is_faulty ? "damaged" : "not as expected")
      .whole("quantity", 1)
      .money("value", value)
      .products({line});
  Time received = later(asked + days(3), 48);
  note(received, "Return Received", Source::shop, kUserId).text("order_id", order.id).text("return_id", back);
  note(later(received, 20), "Order Refunded", Source::shop, kUserId)
      .text("order_id", order.id)
      .text("refund_id", back)
      .money("total", std::min(value, order.total))
      .text("reason", "return");
}

void Life::cancel(Order& order, std::string_view reason, std::string_view by) {
  order.is_cancelled = true;
  Time at = later(order.at + hours(2), 14);
  note(at, "Order Cancelled", Source::shop, kUserId)
      .text("order_id", order.id)
      .text("reason", reason)
      .text("by", by)
      .money("total", order.total);
  if (by != "shop") return;
  order.pleased = kOutOfStockMoves;
  if (chance(kComplainsWhenOutOfStock)) write_in(later(at, 12), Trouble::out_of_stock, order.id);
}

void Life::invite(const Order& order) {
  if (satisfaction_ < 0.74 || !chance(kInvites)) return;
  uint32_t number = ++ids_;
  Time at = later(*order.delivered, 90);
  note(at, "Referral Sent", Source::shop, kUserId)
      .text("referral_id", fmt::format("f{}-{}", name_, number))
      .text("share_via", chance(0.7) ? "message" : "email");
  if (chance(kInvitationAccepted)) invitations_.push_back({at, customer_, number});
}

void Life::give_back(const Order& order) {
  double eager = talkative_ * (satisfaction_ > 0.8 ? 1.4 : satisfaction_ < kDissatisfiedBelow ? 0.9 : 0.8);
  if (chance(std::min(0.9, kReviews * eager))) {
    bool glad = satisfaction_ + random_.normal(0, kAnswerNoise) > 0.6;
    int64_t rating = glad ? random_.between(4, 5) : random_.between(1, 3);
    note(later(*order.delivered + days(1), 120), "Product Reviewed", Source::shop, kUserId)
        .text("product_id", products()[order.lines[0].product].id)
        .text("review_id", id('v'))
        .text("order_id", order.id)
        .whole("rating", rating)
        .text("review_body", glad ? pick(glad_comments()) : pick(sad_comments()));
    if (!glad) truth_.told_so = true;
  }
  if (!chance(std::min(0.9, kIdeas * eager))) return;
  std::string idea = id('i');
  Time at = later(*order.delivered, 200);
  note(at, "Idea Submitted", Source::shop, kUserId).text("idea_id", idea).text("title", pick(ideas()));
  if (chance(0.75))
    note(later(at + days(5), 500), "Idea Answered", Source::shop, kUserId)
        .text("idea_id", idea)
        .text("status", chance(kIdeaRealised / 0.75) ? "realised"
                        : chance(0.5)                ? "planned"
                                                     : "declined");
}

}  // namespace cairn::demo
