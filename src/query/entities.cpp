#include "query/entities.h"

#include "base/check.h"

namespace cairn::query {
namespace {

using P = PropertyType;
using R = FieldRule;

Field moment(std::string_view name, R rule, std::string_view streams, std::string_view doc) {
  return {name, P::time, rule, streams, "", true, doc};
}

Entity orders() {
  Entity e{"orders", "order_id", true, "What was ordered, folded by `order_id` with payments, deliveries, refunds."};
  e.feeds = {{"order_completed", FeedRole::creates},
             {"order_paid"},
             {"order_updated"},
             {"order_shipped"},
             {"order_delivered"},
             {"order_cancelled"},
             {"order_refunded"},
             {"return_requested"},
             {"return_received"}};
  e.fields = {
      {"order_id", P::text, R::key, "", "order_id", false, "the business key"},
      {"status", P::text, R::order_status, "", "", false,
       "`placed`, `shipped`, `delivered`, `refunded` (nothing is left) or `cancelled` (also by the shop's own word: "
       "canceled, voided, unavailable, out_of_stock); never unknown"},
      {"shop_status", P::text, R::told_lower, "", "status", false, "as the shop calls it, in lower case"},
      {"total", P::money, R::order_total, "", "", false, "`paid` less `refunded`"},
      {"paid", P::money, R::order_paid, "", "", false,
       "the sum of its payments, else its total, else revenue + shipping + tax"},
      {"refunded", P::money, R::order_refunded, "", "", false, "all refunds, at most `paid`; 0 without any"},
      {"shipping", P::money, R::told, "order_completed order_updated", "shipping", false, "of it, for shipping"},
      {"tax", P::money, R::told, "order_completed order_updated", "tax", false, "of it, tax"},
      {"discount", P::money, R::told, "order_completed order_updated", "discount", false, "what it was reduced by"},
      {"coupon", P::text, R::told, "order_completed", "coupon", false, "the code that was used"},
      {"channel", P::text, R::told, "order_completed", "channel", false, "where it was placed"},
      {"store_id", P::text, R::told, "order_completed", "store_id", false, "in which store"},
      {"affiliation", P::text, R::told, "order_completed", "affiliation", false, "through which partner"},
      {"products", P::list, R::told, "order_completed order_updated", "products", false, "its lines"},
      {"cancelled_by", P::text, R::told_lower, "order_cancelled", "by", false, "shop, customer or unknown"},
      {"cancel_reason", P::text, R::told_lower, "order_cancelled", "reason", false, "why it was cancelled"},
      {"promised_at", P::time, R::told, "", "promised_at", false, "when it was to arrive"},
      {"payments", P::integer, R::count, "order_paid", "payment_id", false, "how many payments"},
      {"returns", P::integer, R::count, "return_requested", "return_id", false, "how many returns"},
      moment("placed_at", R::created, "order_completed", "when it was placed"),
      moment("paid_at", R::last_at, "order_paid", "the last payment"),
      moment("shipped_at", R::happened, "order_shipped", "when it left"),
      moment("delivered_at", R::happened, "order_delivered", "when it arrived"),
      moment("cancelled_at", R::happened, "order_cancelled", "when it was cancelled"),
      moment("refunded_at", R::last_at, "order_refunded", "the last refund"),
      moment("returned_at", R::first_at, "return_requested", "the first return that was asked for"),
      moment("return_received_at", R::last_at, "return_received", "the last return that came back"),
  };
  return e;
}

Entity tickets() {
  Entity e{"tickets", "ticket_id", true, "A customer's request, folded by `ticket_id` with replies and solutions."};
  e.feeds = {{"ticket_opened", FeedRole::creates}, {"ticket_replied"}, {"ticket_solved"}, {"ticket_reopened"}};
  e.fields = {
      {"ticket_id", P::text, R::key, "", "ticket_id", false, "the business key"},
      {"status", P::text, R::ticket_status, "", "", false, "`open` or `solved`; never unknown"},
      {"severity", P::text, R::told, "ticket_opened", "severity", false, "how bad it is"},
      {"cause", P::text, R::told_lower, "ticket_opened", "cause", false, "what broke, in lower case"},
      {"category", P::text, R::told, "ticket_opened", "category", false, "what it is about"},
      {"complaint", P::boolean, R::told, "ticket_opened", "complaint", false, "whether it is a complaint"},
      {"channel", P::text, R::told, "ticket_opened", "channel", false, "where it was opened"},
      {"order_id", P::text, R::told, "ticket_opened", "order_id", false, "the order that it is about"},
      {"product_id", P::text, R::told, "ticket_opened", "product_id", false, "the product that it is about"},
      {"agent_id", P::text, R::told, "ticket_replied ticket_solved", "agent_id", false, "who replied or solved"},
      {"replies", P::integer, R::replies, "ticket_replied", "", false, "how many, by people of the brand"},
      moment("opened_at", R::created, "ticket_opened", "when it was opened"),
      moment("first_reply_at", R::first_reply_at, "ticket_replied", "the first reply by a person of the brand"),
      moment("first_solved_at", R::first_at, "ticket_solved", "the first solution"),
      moment("solved_at", R::solved_at, "ticket_solved", "the last solution; unknown while it is reopened"),
      moment("reopened_at", R::reopened_at, "ticket_reopened", "the first reopening after a solution"),
  };
  return e;
}

Entity carts() {
  constexpr std::string_view kTouches =
      "product_added product_removed wishlist_product_added_to_cart cart_viewed checkout_started";
  Entity e{"carts", "cart_id", false, "A cart, folded by `cart_id`, with the order that it became."};
  e.feeds = {{"product_added", FeedRole::creates},
             {"wishlist_product_added_to_cart", FeedRole::creates},
             {"product_removed"},
             {"cart_viewed"},
             {"checkout_started"},
             {"order_completed", FeedRole::links}};
  e.fields = {
      {"cart_id", P::text, R::key, "", "cart_id", false, "the business key"},
      {"status", P::text, R::cart_status, "", "", false, "`open`, `checkout` or `ordered`; never unknown"},
      {"value", P::money, R::told, "checkout_started", "value", false, "at the checkout"},
      {"added", P::integer, R::count, "product_added wishlist_product_added_to_cart", "", false, "products put in"},
      {"removed", P::integer, R::count, "product_removed", "", false, "products taken out"},
      moment("created_at", R::created, "product_added wishlist_product_added_to_cart", "when it was begun"),
      moment("touched_at", R::last_at, kTouches, "when something was last done to it"),
      moment("checkout_at", R::first_at, "checkout_started", "the first checkout"),
      moment("ordered_at", R::first_at, "order_completed", "when it was ordered"),
  };
  return e;
}

Entity surveys() {
  Entity e{"surveys", "response_id", true, "A survey that a customer was sent or answered, folded by `response_id`."};
  e.feeds = {{"survey_sent", FeedRole::creates}, {"survey_answered", FeedRole::creates}};
  e.fields = {
      {"response_id", P::text, R::key, "", "response_id", false, "the business key"},
      {"survey", P::text, R::told, "", "survey", false, "`nps`, `order_csat`, `ticket_csat`, …"},
      {"score", P::number, R::told, "survey_answered", "score", false, "the answer"},
      {"score_max", P::number, R::told, "survey_answered", "score_max", false, "the end of its scale"},
      {"order_id", P::text, R::told, "", "order_id", false, "the order that it is about"},
      {"ticket_id", P::text, R::told, "", "ticket_id", false, "the ticket that it is about"},
      {"touchpoint", P::text, R::told, "", "touchpoint", false, "after what it was asked"},
      moment("created_at", R::created, "survey_sent survey_answered", "when it was sent, or answered unasked"),
      moment("sent_at", R::first_at, "survey_sent", "when it was sent"),
      moment("answered_at", R::happened, "survey_answered", "when it was answered"),
  };
  return e;
}

Entity messages() {
  Entity e{"messages", "email_id", false, "An e-mail, folded by `email_id`, with what became of it."};
  e.feeds = {{"email_delivered", FeedRole::creates},
             {"email_opened"},
             {"email_link_clicked"},
             {"email_bounced"},
             {"email_marked_as_spam"},
             {"unsubscribed"}};
  e.fields = {
      {"email_id", P::text, R::key, "", "email_id", false, "the business key"},
      {"campaign_id", P::text, R::told, "", "campaign_id", false, "of which campaign"},
      {"campaign_name", P::text, R::told, "", "campaign_name", false, "its name"},
      {"automation_id", P::text, R::told, "email_delivered", "automation_id", false, "of which automation"},
      moment("created_at", R::created, "email_delivered", "when it was delivered, or first heard of"),
      moment("delivered_at", R::happened, "email_delivered", "when it was delivered"),
      moment("opened_at", R::first_at, "email_opened", "the first opening"),
      moment("clicked_at", R::first_at, "email_link_clicked", "the first click"),
      moment("bounced_at", R::happened, "email_bounced", "when it came back"),
      moment("spam_at", R::first_at, "email_marked_as_spam", "when it was marked as spam"),
      moment("unsubscribed_at", R::first_at, "unsubscribed", "when it made the customer unsubscribe"),
  };
  return e;
}

Entity chats() {
  Entity e{"chats", "conversation_id", false, "A live chat, folded by `conversation_id`."};
  e.feeds = {{"live_chat_conversation_started", FeedRole::creates},
             {"live_chat_message_sent"},
             {"live_chat_message_received"},
             {"live_chat_conversation_ended"}};
  e.fields = {
      {"conversation_id", P::text, R::key, "", "conversation_id", false, "the business key"},
      {"agent_id", P::text, R::told, "", "agent_id", false, "who chatted"},
      {"sent", P::integer, R::count, "live_chat_message_sent", "message_id", false, "messages of the customer"},
      {"received", P::integer, R::count, "live_chat_message_received", "message_id", false, "messages of the brand"},
      moment("started_at", R::created, "live_chat_conversation_started", "when it was begun"),
      moment("ended_at", R::happened, "live_chat_conversation_ended", "when it was ended"),
  };
  return e;
}

Entity referrals() {
  Entity e{"referrals", "referral_id", false, "An invitation, folded by `referral_id`."};
  e.feeds = {{"referral_sent", FeedRole::creates}, {"referral_completed"}};
  e.fields = {
      {"referral_id", P::text, R::key, "", "referral_id", false, "the business key"},
      {"share_via", P::text, R::told, "referral_sent", "share_via", false, "how it was sent"},
      {"role", P::text, R::told, "referral_completed", "role", false, "which side of it the customer is"},
      {"order_id", P::text, R::told, "referral_completed", "order_id", false, "the order that completed it"},
      moment("sent_at", R::created, "referral_sent", "when it was sent"),
      moment("completed_at", R::happened, "referral_completed", "when it was completed"),
  };
  return e;
}

Entity ideas() {
  Entity e{"ideas", "idea_id", true, "A customer's idea, folded by `idea_id`, with the answer."};
  e.feeds = {{"idea_submitted", FeedRole::creates}, {"idea_answered"}};
  e.fields = {
      {"idea_id", P::text, R::key, "", "idea_id", false, "the business key"},
      {"status", P::text, R::told_lower, "idea_answered", "status", false, "what it came to; unknown unless answered"},
      moment("submitted_at", R::created, "idea_submitted", "when it was submitted"),
      moment("answered_at", R::last_at, "idea_answered", "the last answer"),
  };
  return e;
}

Attribute trait(std::string name, P type = P::text) {
  Attribute a{"customer", name, type};
  a.stream = "customer_updated";
  a.property = std::move(name);
  return a;
}

Attribute of(std::string scope, std::string name, P type, AttributeRule rule, std::string stream = "",
             std::string property = "", std::string minus_stream = "") {
  return {std::move(scope),    std::move(name),        type, rule, std::move(stream),
          std::move(property), std::move(minus_stream)};
}

}  // namespace

const Field* Entity::find(std::string_view field) const {
  for (const Field& f : fields)
    if (f.name == field) return &f;
  return nullptr;
}

const Feed* Entity::feed(std::string_view stream) const {
  for (const Feed& f : feeds)
    if (f.stream == stream) return &f;
  return nullptr;
}

const Field& Entity::creation() const {
  for (const Field& f : fields)
    if (f.rule == FieldRule::created) return f;
  CHECK(false, "{} has no creation", name);
}

const std::vector<Entity>& declared_entities() {
  static const std::vector<Entity> all = {orders(),   tickets(), carts(),     surveys(),
                                          messages(), chats(),   referrals(), ideas()};
  return all;
}

const std::vector<Attribute>& declared_attributes() {
  using A = AttributeRule;
  static const std::vector<Attribute> all = {
      trait("first_name"),
      trait("last_name"),
      trait("name"),
      trait("email"),
      trait("phone"),
      trait("birthday", P::time),
      trait("gender"),
      trait("title"),
      trait("city"),
      trait("postal_code"),
      trait("region"),
      trait("country"),
      trait("locale"),
      trait("company"),
      trait("age", P::integer),
      trait("created_at", P::time),
      trait("life_stage"),
      of("customer", "first_seen_at", P::time, A::first_seen),
      of("customer", "last_seen_at", P::time, A::last_seen),
      of("member", "programme", P::text, A::last_known, "member_enrolled", "programme"),
      of("member", "tier", P::text, A::last_known, "member_enrolled", "tier"),
      of("member", "enrolled_at", P::time, A::first_at, "member_enrolled"),
      of("member", "points", P::integer, A::balance, "points_earned", "points", "reward_redeemed"),
  };
  return all;
}

}  // namespace cairn::query
