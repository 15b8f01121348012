#include "events/kinds.h"

#include <array>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace cairn::events {
namespace {

using query::Property;
using query::PropertyType;
using query::Stage;

// One kind a line: name, stage, entity, business key, then its properties as `name[:type][!]`, where ! marks a personal
// one and the type is text unless said. What every event may carry is in kCommon.
struct Line {
  std::string_view name;
  Stage stage;
  std::string_view entity;
  std::string_view key;
  std::string_view properties;
};

constexpr std::string_view kCommon =
    "channel store_id currency device browser os locale country "
    "campaign_name campaign_source campaign_medium campaign_term campaign_content path title session_id! ip! url! "
    "referrer!";
constexpr std::string_view kProduct =
    "product_id sku name category brand variant price:money quantity:integer coupon position:integer ";

constexpr std::array kLines = {
    // Awareness and consideration.
    Line{"Page Viewed", Stage::awareness, "", "", "path title name category"},
    Line{"Screen Viewed", Stage::awareness, "", "", "name category"},
    Line{"Article Viewed", Stage::awareness, "", "", "article_id title from_search:boolean"},
    Line{"Help Searched", Stage::service, "", "", "query! results:integer search_id"},
    Line{"Article Opened", Stage::service, "", "", "article_id title search_id"},
    Line{"Article Voted", Stage::service, "", "", "article_id helpful:boolean"},
    Line{"Products Searched", Stage::consideration, "", "", "query! results:integer"},
    Line{"Product List Viewed", Stage::consideration, "", "", "list_id category products:list"},
    Line{"Product List Filtered", Stage::consideration, "", "",
         "list_id category filters:list sorts:list products:list"},
    Line{"Promotion Viewed", Stage::awareness, "", "", "promotion_id creative name position"},
    Line{"Promotion Clicked", Stage::awareness, "", "", "promotion_id creative name position"},
    Line{"Product Clicked", Stage::consideration, "", "", "@"},
    Line{"Product Viewed", Stage::consideration, "", "", "@"},
    Line{"Product Added to Wishlist", Stage::consideration, "", "", "@wishlist_id wishlist_name!"},
    Line{"Product Removed from Wishlist", Stage::consideration, "", "", "@wishlist_id wishlist_name!"},
    Line{"Wishlist Product Added to Cart", Stage::consideration, "carts", "cart_id",
         "@wishlist_id wishlist_name! cart_id"},
    // Cart and checkout.
    Line{"Product Added", Stage::purchase, "carts", "cart_id", "@cart_id"},
    Line{"Product Removed", Stage::purchase, "carts", "cart_id", "@cart_id"},
    Line{"Cart Viewed", Stage::purchase, "carts", "cart_id", "cart_id products:list"},
    Line{"Checkout Started", Stage::purchase, "carts", "cart_id",
         "order_id checkout_id cart_id value:money revenue:money shipping:money tax:money discount:money coupon "
         "products:list"},
    Line{"Checkout Step Viewed", Stage::purchase, "", "", "checkout_id step:integer shipping_method payment_method"},
    Line{"Checkout Step Completed", Stage::purchase, "", "", "checkout_id step:integer shipping_method payment_method"},
    Line{"Payment Info Entered", Stage::purchase, "", "",
         "checkout_id order_id step:integer shipping_method payment_method"},
    Line{"Payment Refused", Stage::purchase, "", "", "checkout_id order_id reason payment_method"},
    Line{"Coupon Entered", Stage::purchase, "", "", "order_id cart_id coupon_id coupon_name"},
    Line{"Coupon Applied", Stage::purchase, "", "", "order_id cart_id coupon_id coupon_name discount:money"},
    Line{"Coupon Denied", Stage::purchase, "", "", "order_id cart_id coupon_id coupon_name reason"},
    Line{"Coupon Removed", Stage::purchase, "", "", "order_id cart_id coupon_id coupon_name discount:money"},
    // Orders. `status` is what the shop calls it; `by` is shop, customer or unknown.
    Line{"Order Completed", Stage::purchase, "orders", "order_id",
         "order_id checkout_id cart_id affiliation subtotal:money total:money revenue:money shipping:money tax:money "
         "discount:money coupon status promised_at:time units:integer products:list"},
    Line{"Order Paid", Stage::purchase, "orders", "order_id",
         "order_id payment_id amount:money method installments:integer"},
    Line{"Order Updated", Stage::purchase, "orders", "order_id",
         "order_id status total:money revenue:money shipping:money tax:money discount:money promised_at:time "
         "products:list"},
    Line{"Order Shipped", Stage::purchase, "orders", "order_id", "order_id carrier tracking_number! promised_at:time"},
    Line{"Order Delivered", Stage::purchase, "orders", "order_id", "order_id promised_at:time"},
    Line{"Order Cancelled", Stage::purchase, "orders", "order_id", "order_id reason by total:money products:list"},
    Line{"Order Refunded", Stage::service, "orders", "order_id", "order_id refund_id total:money reason products:list"},
    Line{"Return Requested", Stage::service, "orders", "order_id",
         "order_id return_id reason quantity:integer value:money products:list"},
    Line{"Return Received", Stage::service, "orders", "order_id", "order_id return_id"},
    // Service.
    Line{"Ticket Opened", Stage::service, "tickets", "ticket_id",
         "ticket_id subject! body! cause severity complaint:boolean order_id product_id category"},
    Line{"Ticket Replied", Stage::service, "tickets", "ticket_id", "ticket_id by agent_id body!"},
    Line{"Ticket Solved", Stage::service, "tickets", "ticket_id", "ticket_id agent_id"},
    Line{"Ticket Reopened", Stage::service, "tickets", "ticket_id", "ticket_id reason"},
    Line{"Live Chat Conversation Started", Stage::service, "chats", "conversation_id",
         "conversation_id agent_id agent_name! message_id message_body!"},
    Line{"Live Chat Message Sent", Stage::service, "chats", "conversation_id",
         "conversation_id agent_id agent_name! message_id message_body!"},
    Line{"Live Chat Message Received", Stage::service, "chats", "conversation_id",
         "conversation_id agent_id agent_name! message_id message_body!"},
    Line{"Live Chat Conversation Ended", Stage::service, "chats", "conversation_id",
         "conversation_id agent_id agent_name! conversation_duration:number"},
    Line{"Gesture Given", Stage::service, "", "", "gesture_id gesture value:money ticket_id order_id reason agent_id"},
    // Feedback. `survey` is nps (0–10), order_csat, ticket_csat, gesture_csat (1–5), ces (1–7), need_met (1–5) or
    // a brand's own.
    Line{"Survey Sent", Stage::service, "surveys", "response_id", "survey response_id order_id ticket_id touchpoint"},
    Line{"Survey Answered", Stage::service, "surveys", "response_id",
         "survey response_id score:number score_max:number comment! title! order_id ticket_id product_id touchpoint "
         "asked_at:time"},
    Line{"Product Reviewed", Stage::loyalty, "", "",
         "product_id review_id review_body! review_title! rating:number order_id"},
    // Anticipation.
    Line{"Recommendation Shown", Stage::consideration, "", "",
         "recommendation_id placement products:list holdout:boolean"},
    Line{"Recommendation Clicked", Stage::consideration, "", "", "recommendation_id placement product_id"},
    Line{"Automation Entered", Stage::loyalty, "", "", "automation_id automation holdout:boolean"},
    // What Cairn itself tells of a customer.
    Line{"Customers Merged", Stage::loyalty, "", "", "merged! into! rule"},
    Line{"Customers Unmerged", Stage::loyalty, "", "", "merge_id:integer merged! into!"},
    Line{"Segment Entered", Stage::loyalty, "", "", "segment_id:integer segment"},
    Line{"Segment Left", Stage::loyalty, "", "", "segment_id:integer segment"},
    Line{"Experiment Viewed", Stage::consideration, "", "",
         "experiment_id experiment_name variation_id variation_name"},
    Line{"Email Delivered", Stage::loyalty, "messages", "email_id",
         "email_id email_subject campaign_id campaign_name automation_id"},
    Line{"Email Opened", Stage::loyalty, "messages", "email_id", "email_id email_subject campaign_id campaign_name"},
    Line{"Email Link Clicked", Stage::loyalty, "messages", "email_id",
         "email_id email_subject campaign_id campaign_name link_id link_url"},
    Line{"Email Bounced", Stage::loyalty, "messages", "email_id", "email_id email_subject campaign_id campaign_name"},
    Line{"Email Marked as Spam", Stage::loyalty, "messages", "email_id",
         "email_id email_subject campaign_id campaign_name"},
    Line{"Unsubscribed", Stage::loyalty, "messages", "email_id",
         "email_id email_subject campaign_id campaign_name list_id"},
    Line{"Member Enrolled", Stage::loyalty, "", "", "programme tier"},
    Line{"Points Earned", Stage::loyalty, "", "", "programme points:integer reason order_id"},
    Line{"Reward Redeemed", Stage::loyalty, "", "", "programme points:integer reward order_id"},
    // Empowerment.
    Line{"Product Shared", Stage::loyalty, "", "", "@share_via share_message! recipient!"},
    Line{"Cart Shared", Stage::loyalty, "", "", "share_via share_message! recipient! cart_id products:list"},
    Line{"Article Shared", Stage::loyalty, "", "", "article_id title share_via"},
    Line{"Referral Sent", Stage::loyalty, "referrals", "referral_id", "referral_id share_via"},
    Line{"Referral Completed", Stage::loyalty, "referrals", "referral_id", "referral_id order_id role"},
    Line{"Idea Submitted", Stage::loyalty, "ideas", "idea_id", "idea_id title! body!"},
    Line{"Idea Answered", Stage::loyalty, "ideas", "idea_id", "idea_id status"},
    Line{"Idea Voted", Stage::loyalty, "", "", "idea_id"},
    // The customer.
    Line{"Customer Updated", Stage::awareness, "", "",
         "first_name! last_name! name! email! phone! birthday:time! gender! title! city! postal_code! region "
         "address:object! "
         "avatar! company! username! website! description! age:integer! created_at:time interests:list! life_stage! "
         "causes:list!"},
    Line{"Consent Updated", Stage::awareness, "", "", "purpose state how source text_version:integer"},
    Line{"Segment Consent Preference Updated", Stage::awareness, "", "", ""},
    Line{"Group Joined", Stage::awareness, "", "", "group_id! name!"},
    // What goes on in a page. `element` says what it is (`button#pay`), never what is written on it.
    Line{
        "Page Left", Stage::awareness, "", "",
        "path visible_ms:integer scroll_percent:integer ttfb_ms:integer load_ms:integer lcp_ms:integer inp_ms:integer"},
    Line{"Element Clicked", Stage::awareness, "", "", "name element path"},
    // What broke, or vexed. `path` is the page's, but a failed request's own: that one came from `page_path`.
    Line{"Script Error Met", Stage::consideration, "", "",
         "message! error source line:integer column:integer path release"},
    Line{"Request Failed", Stage::consideration, "", "",
         "path status:integer reason method host duration_ms:integer page_path"},
    Line{"Rage Clicked", Stage::consideration, "", "", "name element path clicks:integer"},
    Line{"Dead Clicked", Stage::consideration, "", "", "name element path"},
    Line{"Page Slow", Stage::consideration, "", "",
         "path reason ttfb_ms:integer load_ms:integer lcp_ms:integer inp_ms:integer"},
    Line{"Events Dropped", Stage::consideration, "", "", "count:integer"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"Viewed Product Category", "Product List Viewed"},
    {"Viewed Promotion", "Promotion Viewed"},
    {"Clicked Promotion", "Promotion Clicked"},
    {"Clicked Product", "Product Clicked"},
    {"Viewed Product", "Product Viewed"},
    {"Added Product", "Product Added"},
    {"Removed Product", "Product Removed"},
    {"Started Order", "Checkout Started"},
    {"Viewed Checkout Step", "Checkout Step Viewed"},
    {"Completed Checkout Step", "Checkout Step Completed"},
    {"Updated Order", "Order Updated"},
    {"Completed Order", "Order Completed"},
    {"view", "Product Viewed"},
    {"cart", "Product Added"},
    {"remove_from_cart", "Product Removed"},
    {"purchase", "Order Completed"},
};

Property property_of(std::string_view word) {
  Property out;
  out.personal = word.ends_with('!');
  if (out.personal) word.remove_suffix(1);
  size_t colon = word.find(':');
  out.name = word.substr(0, colon);
  if (colon != word.npos) {
    auto type = json::enum_from<PropertyType>(word.substr(colon + 1));
    CHECK(type, "catalogue: '{}'", word);
    out.type = *type;
  }
  return out;
}

void add_properties(query::Kind& kind, std::string_view words) {
  for (std::string_view word : split(words, ' ')) {
    if (word.empty()) continue;
    Property p = property_of(word);
    if (p.name == "products")
      for (std::string_view item : split(kProduct, ' '))
        if (!item.empty()) p.items.push_back(property_of(item));
    if (!kind.find(p.name)) kind.properties.push_back(std::move(p));
  }
}

query::Catalogue build() {
  query::Catalogue out;
  for (const Line& line : kLines) {
    query::Kind kind;
    kind.name = line.name;
    kind.stream = to_snake(line.name);
    kind.stage = line.stage;
    kind.entity = line.entity;
    kind.business_key = line.key;
    kind.declared = true;
    std::string_view words = line.properties;
    if (words.starts_with('@')) {
      add_properties(kind, kProduct);
      words.remove_prefix(1);
    }
    add_properties(kind, words);
    add_properties(kind, kCommon);
    out.add(std::move(kind));
  }
  return out;
}

}  // namespace

const query::Catalogue& declared_kinds() {
  static const query::Catalogue catalogue = build();
  return catalogue;
}

std::string_view current_name(std::string_view kind) {
  for (auto [old, now] : kAliases)
    if (kind == old) return now;
  return kind;
}

}  // namespace cairn::events
