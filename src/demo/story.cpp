#include "demo/story.h"

#include "demo/shop.h"

namespace cairn::demo {
namespace {

// Positions in products().
constexpr size_t kCalissons = 8, kSoftNougat = 10, kBrittle = 15;

class Teller {
 public:
  Teller(const Calendar& calendar, Tape& tape) : calendar_(calendar), tape_(tape) {}

  /// So many days before the end; 20.5 is half past eight in the evening.
  Time at(int days_before, double hour) const { return calendar_.at(calendar_.days() - days_before, hour); }
  Day day(int days_before) const { return calendar_.civil_day(calendar_.days() - days_before); }

  Note note(uint32_t customer, Time at, std::string_view kind, Source source, uint8_t carries) {
    return Note(tape_, Record{at, kind, customer, customer, told_++, 0, 0, source, carries, 0});
  }
  Note web(uint32_t customer, Time at, std::string_view kind, uint8_t carries = kDevice) {
    Note out = note(customer, at, kind, Source::web, carries);
    out.text("channel", "web").text("device", "phone").text("os", "iOS").text("browser", "Safari");
    return out;
  }

  void find_the_shop() {
    web(kAmelie, at(26, 20.70), "Page Viewed")
        .text("path", "/")
        .text("title", kShopName)
        .text("referrer", "https://search.example.org/?q=almond+sweets");
    web(kAmelie, at(26, 20.72), "Products Searched").text("query", "almond sweets").whole("results", 9);
  }
  void compare() {
    web(kAmelie, at(26, 20.75), "Product Viewed").product(kCalissons);
    web(kAmelie, at(26, 20.79), "Product Viewed").product(kSoftNougat);
    web(kAmelie, at(26, 20.83), "Product Viewed").product(kBrittle);
    web(kAmelie, at(26, 20.90), "Article Viewed").text("article_id", stories()[1].id).text("title", stories()[1].title);
  }
  void buy_first() {
    std::vector<Line> lines{{kCalissons, 1}, {kBrittle, 1}};
    web(kAmelie, at(25, 12.50), "Product Viewed").product(kCalissons);
    web(kAmelie, at(25, 12.53), "Product Added").text("cart_id", "k-amelie-1").product(kCalissons).whole("quantity", 1);
    web(kAmelie, at(25, 12.55), "Product Added").text("cart_id", "k-amelie-1").product(kBrittle).whole("quantity", 1);
    web(kAmelie, at(25, 12.58), "Checkout Started", kUserId | kEmail | kDevice)
        .text("checkout_id", "c-amelie-1")
        .text("cart_id", "k-amelie-1")
        .money("value", 2140)
        .products(lines);
    order(kAmelie, at(25, 12.63), "o-amelie-1", lines, 0, "", day(21));
    note(kAmelie, at(25, 12.65), "Customer Updated", Source::shop, kUserId | kEmail)
        .text("first_name", who(kAmelie).first_name)
        .text("last_name", who(kAmelie).last_name)
        .text("email", who(kAmelie).email)
        .text("city", who(kAmelie).city);
    receive(kAmelie, "o-amelie-1", at(24, 9), at(22, 11.25), day(21));
  }
  void be_asked() {
    note(kAmelie, at(20, 10), "Survey Sent", Source::survey, kEmail)
        .text("survey", "order_csat")
        .text("response_id", "q-amelie-1")
        .text("order_id", "o-amelie-1");
    note(kAmelie, at(20, 19.2), "Survey Answered", Source::survey, kEmail)
        .text("survey", "order_csat")
        .text("response_id", "q-amelie-1")
        .text("order_id", "o-amelie-1")
        .whole("score", 5)
        .whole("score_max", 5)
        .text("comment", "The calissons were gone in an evening.");
  }
  void ask_for_a_discount() {
    auto tell = [&](double hour, std::string_view kind) {
      Note out = note(kAmelie, at(17, hour), kind, Source::helpdesk, kEmail);
      out.text("conversation_id", "l-amelie-1").text("channel", "chat").text("agent_id", "agent-ines");
      return out;
    };
    tell(17.07, "Live Chat Conversation Started")
        .text("message_body",
              "Hello! I would like to order for the whole family. Could you do something about the price?");
    tell(17.10, "Live Chat Message Received")
        .text("message_body", "With pleasure: here are 5 euros off your next order.");
    note(kAmelie, at(17, 17.11), "Gesture Given", Source::helpdesk, kEmail)
        .text("gesture_id", "g-amelie-1")
        .text("gesture", "coupon")
        .money("value", 500)
        .text("reason", "asked for a discount")
        .text("agent_id", "agent-ines");
    tell(17.15, "Live Chat Conversation Ended").whole("conversation_duration", 288);
  }
  void buy_again() {
    std::vector<Line> lines{{kCalissons, 2}, {kSoftNougat, 1}};
    constexpr uint8_t kBoth = kUserId | kDevice;
    web(kAmelie, at(14, 20.25), "Product Viewed", kBoth).product(kSoftNougat);
    web(kAmelie, at(14, 20.28), "Product Added", kBoth)
        .text("cart_id", "k-amelie-2")
        .product(kSoftNougat)
        .whole("quantity", 1);
    web(kAmelie, at(14, 20.30), "Product Added", kBoth)
        .text("cart_id", "k-amelie-2")
        .product(kCalissons)
        .whole("quantity", 2);
    web(kAmelie, at(14, 20.33), "Coupon Applied", kBoth)
        .text("cart_id", "k-amelie-2")
        .text("coupon_id", "MERCI-AMELIE")
        .money("discount", 500);
    web(kAmelie, at(14, 20.35), "Checkout Started", kBoth)
        .text("checkout_id", "c-amelie-2")
        .text("cart_id", "k-amelie-2")
        .money("value", 3850)
        .products(lines);
    order(kAmelie, at(14, 20.40), "o-amelie-2", lines, 500, "MERCI-AMELIE", day(10));
    receive(kAmelie, "o-amelie-2", at(13, 9), at(11, 10.75), day(10));
  }
  void tell_the_family() {
    note(kAmelie, at(10, 18.5), "Referral Sent", Source::shop, kUserId)
        .text("referral_id", "f-amelie-1")
        .text("share_via", "message");
    web(kCamille, at(9, 13.1), "Page Viewed").text("path", "/").text("title", kShopName);
    web(kCamille, at(9, 13.2), "Product Viewed").product(kCalissons);
    web(kCamille, at(8, 20.9), "Product Added").text("cart_id", "k-camille-1").product(kCalissons).whole("quantity", 1);
    web(kCamille, at(8, 20.95), "Checkout Started", kUserId | kEmail | kDevice)
        .text("checkout_id", "c-camille-1")
        .text("cart_id", "k-camille-1")
        .money("value", 1450)
        .products({{kCalissons, 1}});
    order(kCamille, at(8, 21.0), "o-camille-1", {{kCalissons, 1}}, 0, "", day(4));
    for (auto [customer, role] : {std::pair{kCamille, "referred"}, std::pair{kAmelie, "referrer"}})
      note(customer, at(8, 21.1), "Referral Completed", Source::shop, kUserId)
          .text("referral_id", "f-amelie-1")
          .text("order_id", "o-camille-1")
          .text("role", role);
    receive(kCamille, "o-camille-1", at(7, 9), at(5, 12), day(4));
  }
  void give_back() {
    web(kAmelie, at(6, 21.0), "Article Shared", kUserId | kDevice)
        .text("article_id", stories()[1].id)
        .text("title", stories()[1].title)
        .text("share_via", "message");
    web(kAmelie, at(4, 11.5), "Product Reviewed", kUserId | kDevice)
        .text("product_id", products()[kCalissons].id)
        .text("review_id", "v-amelie-1")
        .text("order_id", "o-amelie-2")
        .whole("rating", 5)
        .text("review_title", "As in Aix")
        .text("review_body", "Soft, not too sweet, and wrapped like a present. My sister orders here now, too.");
  }

 private:
  void order(uint32_t customer, Time placed, std::string_view id, const std::vector<Line>& lines, int64_t discount,
             std::string_view coupon, Day promised) {
    int64_t subtotal = 0;
    for (const Line& line : lines) subtotal += products()[line.product].price_minor * line.quantity;
    int64_t total = subtotal - discount + 490;
    {
      Note out = note(customer, placed, "Order Completed", Source::shop, kUserId | kEmail);
      out.text("order_id", id)
          .text("channel", "web")
          .text("currency", "EUR")
          .money("subtotal", subtotal)
          .money("shipping", 490);
      out.money("discount", discount).money("total", total);
      if (!coupon.empty()) out.text("coupon", coupon);
      out.day("promised_at", promised).products(lines);
    }
    note(customer, placed + seconds(20), "Order Paid", Source::shop, kUserId | kEmail)
        .text("order_id", id)
        .text("payment_id", id)
        .money("amount", total)
        .text("method", "card");
  }
  void receive(uint32_t customer, std::string_view id, Time shipped, Time delivered, Day promised) {
    note(customer, shipped, "Order Shipped", Source::shop, kUserId)
        .text("order_id", id)
        .text("carrier", "Colibri")
        .day("promised_at", promised);
    note(customer, delivered, "Order Delivered", Source::shop, kUserId)
        .text("order_id", id)
        .day("promised_at", promised);
  }

  const Calendar& calendar_;
  Tape& tape_;
  uint32_t told_ = 0;
};

}  // namespace

void tell_story(const Calendar& calendar, Tape& tape) {
  Teller teller(calendar, tape);
  teller.find_the_shop();
  teller.compare();
  teller.buy_first();
  teller.be_asked();
  teller.ask_for_a_discount();
  teller.buy_again();
  teller.tell_the_family();
  teller.give_back();
}

}  // namespace cairn::demo
