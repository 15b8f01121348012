#include <algorithm>

#include "demo/life.h"
#include "demo/parameters.h"

namespace cairn::demo {

Life::Visit Life::begin_visit(Time at) {
  auto device = static_cast<uint8_t>(is_known_ ? random_.below(devices_.size()) : 0);
  bool is_phone = devices_[device].kind->device == "phone";
  Visit visit{at, device, is_phone && chance(kAppShare * 1.7) ? Channel::app : Channel::web, ++visits_, false};
  // On a device of their own that nobody knows yet, most who have an account sign in at once. The others look like
  // somebody new, and stay that.
  bool knows = devices_[device].is_known;
  if (is_known_ && chance(knows ? 0.5 : 0.9)) sign_in(visit);
  return visit;
}

void Life::sign_in(Visit& visit) {
  visit.signed_in = true;
  devices_[visit.device].is_known = true;
}

Note Life::web(Visit& visit, std::string_view kind, double after_seconds) {
  visit.now = visit.now + seconds(1 + static_cast<int64_t>(random_.exponential(1 / after_seconds)));
  const DeviceKind& on = *devices_[visit.device].kind;
  uint8_t carries = visit.signed_in ? kUserId | kDevice : kDevice;
  Note out = note(visit.now, kind, Source::web, carries, visit.device);
  out.text("channel", channel_name(visit.channel))
      .text("device", on.device)
      .text("os", on.os)
      .text("browser", on.browser);
  char session[32];
  auto end = fmt::format_to_n(session, sizeof session, "s{}-{}", name_, visit.number).out;
  out.text("session_id", std::string_view(session, static_cast<size_t>(end - session)));
  return out;
}

size_t Life::a_product() {
  auto draw = [&] {
    const Category& c = categories()[chance(0.6) ? taste_ : random_.below(categories().size())];
    return c.first + random_.below(c.count);
  };
  size_t product = draw();
  if (!chance(price_sensitivity_)) return product;
  size_t other = draw();
  return products()[other].price_minor < products()[product].price_minor ? other : product;
}

void Life::look_around(Visit& visit) {
  if (chance(0.5)) web(visit, "Page Viewed", 5).text("path", "/").text("title", kShopName);
  if (chance(0.30)) {
    std::string_view words = pick(search_words());
    web(visit, "Products Searched", 15)
        .text("query", words)
        .whole("results", chance(0.06) ? 0 : random_.between(2, 24));
  } else if (chance(0.4)) {
    web(visit, "Product List Viewed", 15).text("category", categories()[taste_].name);
  }
  for (int i = 0; i < 4 && chance(0.62); ++i) web(visit, "Product Viewed", 40).product(a_product());
  if (chance(0.03)) {
    const Article& story = pick(stories());
    web(visit, "Article Viewed", 30).text("article_id", story.id).text("title", story.title);
    if (chance(0.08)) web(visit, "Article Shared", 120).text("article_id", story.id).text("share_via", "message");
  }
  if (chance(0.003)) web(visit, "Product Shared", 30).product(a_product()).text("share_via", "message");
  if (chance(0.01)) web(visit, "Idea Voted", 60).text("idea_id", "idea-0");
}

bool Life::recommend(Visit& visit, bool is_open) {
  if (was_recommended_ || !chance(0.4)) return false;
  was_recommended_ = true;
  size_t product = a_product();
  web(visit, "Recommendation Shown", 10)
      .text("recommendation_id", id('r'))
      .text("placement", "product page")
      .flag("holdout", is_holdout_recommendation_);
  if (is_holdout_recommendation_) return false;
  ++truth_.recommended;
  bool moved = is_open && chance(kRecommendationUplift);
  if (moved || chance(0.10))
    web(visit, "Recommendation Clicked", 20)
        .text("placement", "product page")
        .text("product_id", products()[product].id);
  if (moved) ++truth_.orders_by_recommendation;
  return moved;
}

void Life::leave_basket(Visit& visit) {
  std::string cart = id('k');
  size_t product = a_product();
  web(visit, "Product Added", 40).text("cart_id", cart).product(product).whole("quantity", 1);
  if (!chance(0.5)) return;
  if (is_known_) sign_in(visit);
  web(visit, "Checkout Started", 60)
      .text("checkout_id", id('c'))
      .text("cart_id", cart)
      .money("value", products()[product].price_minor)
      .products({{static_cast<uint8_t>(product), 1}});
}

std::optional<Time> Life::remind(Time left, bool is_open) {
  Time due = later(left + hours(3), 2);
  note(due, "Automation Entered", Source::email, kEmail)
      .text("automation_id", "cart-reminder")
      .text("automation", "Your basket is waiting")
      .flag("holdout", is_holdout_reminder_);
  bool comes_back = chance(kReminderBase);
  if (!is_holdout_reminder_) {
    note(due + minutes(1), "Email Delivered", Source::email, kEmail)
        .text("email_id", id('m'))
        .text("email_subject", "Your basket is waiting")
        .text("automation_id", "cart-reminder");
    ++truth_.reminders;
    if (is_open && !comes_back && chance(kReminderUplift)) {
      ++truth_.orders_by_reminder;
      comes_back = true;
    }
  }
  return comes_back ? std::optional(soon(due, 30)) : std::nullopt;
}

std::optional<Time> Life::browse(Time at, Time natural) {
  Visit visit = begin_visit(at);
  look_around(visit);
  if (chance(0.02)) seek_help(visit.now + minutes(3));
  bool is_open = natural > at + days(7);  // would not buy within a week anyway
  if (is_known_ && recommend(visit, is_open)) return soon(visit.now, 20);
  if (!chance(0.55)) return std::nullopt;
  leave_basket(visit);
  if (!is_known_ || !is_subscribed_) return std::nullopt;
  return remind(visit.now, is_open);
}

std::vector<Line> Life::fill_basket() {
  std::vector<Line> lines;
  size_t count = static_cast<size_t>(std::min<int64_t>(1 + random_.poisson(0.9), 5));
  while (lines.size() < count) {
    auto product = static_cast<uint8_t>(a_product());
    bool there = std::any_of(lines.begin(), lines.end(), [&](const Line& l) { return l.product == product; });
    if (there) ++lines.back().quantity, --count;
    else lines.push_back({product, static_cast<uint8_t>(chance(0.2) ? 2 : 1)});
  }
  return lines;
}

std::optional<Life::Order> Life::buy(Time at) {
  std::vector<Line> lines = fill_basket();
  std::optional<Order> order;
  if (prefers_store_ ? chance(0.8) : chance(kStoreShare * 0.35)) {
    order = place(at, Channel::store, std::move(lines));
  } else if (is_known_ && chance(kPhoneShare)) {
    order = place(at, Channel::phone, std::move(lines));
  } else {
    Visit visit = begin_visit(at);
    look_around(visit);
    order = check_out(visit, std::move(lines));
  }
  if (order) fulfil(*order);
  return order;
}

std::optional<Life::Order> Life::check_out(Visit& visit, std::vector<Line> lines) {
  std::string cart = id('k'), checkout = id('c');
  int64_t value = 0;
  for (const Line& line : lines) {
    value += products()[line.product].price_minor * line.quantity;
    web(visit, "Product Viewed", 45).product(line.product);
    web(visit, "Product Added", 30).text("cart_id", cart).product(line.product).whole("quantity", line.quantity);
  }
  sign_in(visit);
  is_known_ = true;
  {
    Note started = web(visit, "Checkout Started", 60);
    started.text("checkout_id", checkout).text("cart_id", cart).money("value", value).products(lines);
  }
  if (breaks_here(visit)) {
    break_checkout(visit, checkout);
    return std::nullopt;
  }
  if (!coupon_.empty()) web(visit, "Coupon Applied", 20).text("cart_id", cart).text("coupon_id", coupon_);
  return place(later(visit.now, 0.04), visit.channel, std::move(lines));
}

bool Life::breaks_here(const Visit& visit) {
  return plan_.incident && visit.now >= plan_.incident->from && visit.now < plan_.incident->to &&
         visit.channel == Channel::web && devices_[visit.device].kind->browser == kIncidentBrowser &&
         chance(kIncidentBreaks);
}

void Life::break_checkout(Visit& visit, const std::string& checkout) {
  truth_.hit_by_incident = true;
  web(visit, "Script Error Met", 8)
      .text("message", "TypeError: payment is undefined")
      .text("path", "/checkout/pay")
      .text("release", kIncidentRelease);
  for (int i = 0; i < 2 && chance(0.6); ++i)
    web(visit, "Request Failed", 15).text("path", "/api/payments").whole("status", 502);
  if (chance(0.5))
    web(visit, "Payment Refused", 20)
        .text("checkout_id", checkout)
        .text("reason", "technical")
        .text("payment_method", "card");
  move(kBrokenCheckoutMoves);
  if (chance(kIncidentComplains)) write_in(later(visit.now + hours(18), 40), Trouble::checkout, {});
}

void Life::seek_help(Time at) {
  Visit visit = begin_visit(at);
  auto question = static_cast<Trouble>(static_cast<int>(kFirstQuestion) + static_cast<int>(random_.below(kQuestions)));
  const Cause& cause = cause_of(question);
  if (chance(0.8)) {
    bool is_empty = chance(kZeroResults);
    std::string search = id('h');
    web(visit, "Help Searched", 10)
        .text("query", cause.name)
        .whole("results", is_empty ? 0 : random_.between(1, 6))
        .text("search_id", search);
    if (!is_empty && chance(kOpensArticle)) {
      const Article& article = pick(help_articles());
      web(visit, "Article Opened", 15)
          .text("article_id", article.id)
          .text("title", article.title)
          .text("search_id", search);
      if (chance(kVotes))
        web(visit, "Article Voted", 70).text("article_id", article.id).flag("helpful", chance(kFindsHelpful));
    }
    if (chance(kAnsweredAlone)) return;
  }
  if (!is_known_) return;
  Time asks = later(visit.now, 4);
  if (chance(0.6)) write_in(asks, question, {});
  else chat(asks, cause.body);
}

}  // namespace cairn::demo
