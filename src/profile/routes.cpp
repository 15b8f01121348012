#include "profile/routes.h"

#include "accounts/permissions.h"
#include "base/text.h"
#include "http/json_body.h"
#include "http/path.h"

namespace cairn::profile {
namespace {

using http::Method;
using http::Request;
using http::Response;

struct NoteBody {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteBody, (), (text))
struct TagBody {
  std::string tag;
};
BOOST_DESCRIBE_STRUCT(TagBody, (), (tag))
struct AttributesView {
  std::vector<Attribute> attributes;
};
BOOST_DESCRIBE_STRUCT(AttributesView, (), (attributes))
struct TagsView {
  std::vector<TagCount> tags;
};
BOOST_DESCRIBE_STRUCT(TagsView, (), (tags))

Result<CustomerId> customer_of(const Request& r) {
  return CustomerId{TRY(http::path_number(r.param("id"), "customer"))};
}

std::string value_of(const Request& r, std::string_view name) { return std::string(r.query_value(name).value_or("")); }

i18n::Language language_of(const Request& r) {
  return i18n::from_accept_language(r.header("accept-language").value_or(""), i18n::Language::en);
}

Result<Response> find(Service& s, const Request& r) {
  auto most = static_cast<size_t>(TRY(http::query_int(r, "limit", 20, 1, 20)));
  return http::json_of(TRY(s.find(value_of(r, "q"), most)));
}
Result<Response> by(Service& s, const Request& r) {
  return http::json_of(TRY(s.profile(TRY(s.by(r.param("kind"), r.param("value"))), language_of(r))));
}
Result<Response> get(Service& s, const Request& r) {
  return http::json_of(TRY(s.profile(TRY(customer_of(r)), language_of(r))));
}
Result<Response> attributes(Service& s, const Request& r) {
  return http::json_of(AttributesView{TRY(s.attributes(TRY(customer_of(r))))});
}

/// A list in one value, or the name more than once.
std::vector<std::string> list_of(const Request& r, std::string_view name) {
  std::vector<std::string> out;
  for (const http::Field& field : r.query)
    if (field.name == name)
      for (std::string_view one : split(field.value, ','))
        if (!trim(one).empty()) out.emplace_back(trim(one));
  return out;
}
Result<Response> timeline(Service& s, const Request& r) {
  Service::PageAsked asked{list_of(r, "kind"),     value_of(r, "since"), value_of(r, "until"),
                           value_of(r, "channel"), value_of(r, "text"),  value_of(r, "cursor")};
  asked.limit = static_cast<size_t>(TRY(http::query_int(r, "limit", 50, 1, 200)));
  return http::json_of(TRY(s.timeline(TRY(customer_of(r)), asked)));
}

Result<Response> add_note(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  auto body = TRY(http::read_body<NoteBody>(r));
  Note note = TRY(s.add_note(accounts::Actor::of(r.caller), customer, body.text));
  return http::created_response(json::encode_text(note),
                                fmt::format("/api/v1/customers/{}/notes/{}", customer.value, note.id));
}
Result<Response> remove_note(Service& s, const Request& r) {
  TRY(s.remove_note(accounts::Actor::of(r.caller), TRY(customer_of(r)),
                    TRY(http::path_number(r.param("note"), "note"))));
  return http::empty_response();
}
Result<Response> add_tag(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  auto body = TRY(http::read_body<TagBody>(r));
  std::string tag = TRY(s.add_tag(accounts::Actor::of(r.caller), customer, body.tag));
  return http::created_response(json::encode_text(TagBody{tag}),
                                fmt::format("/api/v1/customers/{}/tags", customer.value));
}
Result<Response> remove_tag(Service& s, const Request& r) {
  TRY(s.remove_tag(accounts::Actor::of(r.caller), TRY(customer_of(r)), r.param("tag")));
  return http::empty_response();
}
Result<Response> tags(Service& s, const Request&) { return http::json_of(TagsView{TRY(s.tags())}); }

std::vector<http::QueryDoc> timeline_query() {
  return {{.name = "kind", .what = "Only these kinds, by a comma between or repeated"},
          {.name = "since", .what = "From this moment on"},
          {.name = "until", .what = "Before this moment"},
          {.name = "channel", .what = "Only of this channel"},
          {.name = "text", .what = "Only what holds this text, whatever case and accents"},
          {.name = "cursor", .what = "`next` of the page before"},
          {.name = "limit", .what = "1 to 200, 50", .type = "integer"}};
}

}  // namespace

std::vector<http::Route> routes(Service& service) {
  auto route = [&service](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                          Result<Response> (*handle)(Service&, const Request&),
                          std::vector<http::QueryDoc> query = {}) {
    http::Route out{.method = method,
                    .path = path,
                    .permission = permission,
                    .lane = http::Lane::pages,
                    .summary = summary,
                    .query = std::move(query),
                    .handler = {}};
    out.handler = http::answer([&service, handle](const Request& r) { return handle(service, r); });
    return out;
  };
  using accounts::kEditCustomers;
  using accounts::kViewCustomers;
  return {
      route(Method::get, "/api/v1/customers", kViewCustomers, "Finds customers by what is known of them", find,
            {{.name = "q",
              .what = "A name, e-mail, telephone, card, user id, order number, or the beginning of a name or e-mail",
              .is_required = true},
             {.name = "limit", .what = "1 to 20, 20", .type = "integer"}}),
      route(Method::get, "/api/v1/customers/by/{kind}/{value}", kViewCustomers,
            "The customer whom an identifier names (email, phone, user_id, card, external:…), or an order", by),
      route(Method::get, "/api/v1/customers/{id}", kViewCustomers, "Everything known about one customer", get),
      route(Method::get, "/api/v1/customers/{id}/attributes", kViewCustomers,
            "Attributes with every value that each ever had, and who said so", attributes),
      route(Method::get, "/api/v1/customers/{id}/timeline", kViewCustomers, "A customer's events, newest first",
            timeline, timeline_query()),
      route(Method::post, "/api/v1/customers/{id}/notes", kEditCustomers, "Writes a note", add_note),
      route(Method::delete_, "/api/v1/customers/{id}/notes/{note}", kEditCustomers, "Deletes a note", remove_note),
      route(Method::post, "/api/v1/customers/{id}/tags", kEditCustomers, "Adds a tag", add_tag),
      route(Method::delete_, "/api/v1/customers/{id}/tags/{tag}", kEditCustomers, "Takes a tag away", remove_tag),
      route(Method::get, "/api/v1/customer-tags", kViewCustomers, "All tags with how many customers have each", tags),
  };
}

}  // namespace cairn::profile
