#include "rights/shop_request.h"

#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/hash.h"
#include "json/scalar.h"
#include "json/value.h"

namespace cairn::rights {
namespace {

Result<Act> act_of(std::string_view topic) {
  if (topic == "customers/data_request") return Act::export_;
  if (topic == "customers/redact") return Act::erase;
  if (topic == "shop/redact") return Act::erase_shop;
  return fail(Code::invalid,
              "'{}' is no privacy request; it is customers/data_request, customers/redact or shop/redact",
              excerpt(topic, 60));
}

/// Text, or a whole number's digits.
std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  if (!value) return {};
  if (auto whole = json::whole_of(*value)) return std::to_string(*whole);
  return std::string(json::text_at(object, name).value_or(""));
}

}  // namespace

bool is_signed(std::string_view secret, std::string_view body, std::string_view signature) {
  return crypto::equal(crypto::to_base64(crypto::bytes_of(crypto::hmac_sha256(secret, body))), signature);
}

Result<ShopRequest> read_shop_request(std::string_view topic, std::string_view key, std::string_view body,
                                      std::string_view source) {
  ShopRequest out;
  out.act = TRY(act_of(topic));
  out.key = key;
  json::Object object = TRY(json::parse_object(body));
  const json::Value* customer = json::find(object, "customer");
  if (!customer || !customer->is_object()) {
    if (out.act == Act::erase_shop) return out;
    return fail_at("customer", "the request names no customer");
  }
  auto add = [&](std::string kind, const std::string& value) {
    events::Identifier identifier{std::move(kind), value};
    if (!value.empty() && events::check_identifier(identifier)) out.identifiers.push_back(std::move(identifier));
  };
  std::string id = text_of(customer->get_object(), "id");
  add(fmt::format("external:{}", source), id);
  add("external:shopify", id);
  add("user_id", id);
  add("email", text_of(customer->get_object(), "email"));
  add("phone", text_of(customer->get_object(), "phone"));
  return out;
}

}  // namespace cairn::rights
