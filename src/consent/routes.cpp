#include "consent/routes.h"

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "http/json_body.h"
#include "http/path.h"

namespace cairn::consent {
namespace {

using accounts::Actor;
using http::Method;
using http::Request;
using http::Response;

struct StandingView {
  Purpose purpose = Purpose::analytics;
  State state = State::unknown;
  std::optional<Time> since;
  std::optional<Time> known_at;
  std::string source;
  std::optional<How> how;
  std::optional<int64_t> text_version;
};
BOOST_DESCRIBE_STRUCT(StandingView, (), (purpose, state, since, known_at, source, how, text_version))
struct ConsentsView {
  CustomerId customer;
  std::vector<StandingView> purposes;
  std::vector<Statement> history;
};
BOOST_DESCRIBE_STRUCT(ConsentsView, (), (customer, purposes, history))
struct SayBody {
  Purpose purpose = Purpose::analytics;
  State state = State::granted;
  std::optional<Time> occurred_at;
  std::optional<std::string> source;
  std::optional<How> how;
  std::optional<int64_t> text_version;
  std::optional<std::string> language;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(SayBody, (), (purpose, state, occurred_at, source, how, text_version, language, note))
struct TextsView {
  std::vector<Text> texts;
};
BOOST_DESCRIBE_STRUCT(TextsView, (), (texts))
struct TextBody {
  Purpose purpose = Purpose::analytics;
  std::map<std::string, std::string> texts;
  std::optional<Time> valid_from;
};
BOOST_DESCRIBE_STRUCT(TextBody, (), (purpose, texts, valid_from))
struct DeclaredOne {
  std::vector<std::string> choices;
  Time since;
  std::string source;
  How how = How::api;
};
BOOST_DESCRIBE_STRUCT(DeclaredOne, (), (choices, since, source, how))
struct DeclaredView {
  CustomerId customer;
  std::map<std::string, DeclaredOne> declared;
  std::vector<Declaration> history;
};
BOOST_DESCRIBE_STRUCT(DeclaredView, (), (customer, declared, history))
struct DeclareBody {
  std::optional<std::vector<std::string>> interests, causes;
  std::optional<std::string> life_stage;  ///< Empty takes it back.
  std::optional<Time> occurred_at;
  std::optional<std::string> source;
  std::optional<How> how;
};
BOOST_DESCRIBE_STRUCT(DeclareBody, (), (interests, causes, life_stage, occurred_at, source, how))
struct LinkBody {
  std::optional<int64_t> expires_in_days;
};
BOOST_DESCRIBE_STRUCT(LinkBody, (), (expires_in_days))
struct LinkView {
  std::string url, path, token;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(LinkView, (), (url, path, token, expires_at))
struct RevokedView {
  CustomerId customer;
  Time links_valid_from;
};
BOOST_DESCRIBE_STRUCT(RevokedView, (), (customer, links_valid_from))

Result<CustomerId> customer_of(const Request& r) {
  return CustomerId{TRY(http::path_number(r.param("id"), "customer"))};
}

/// A person at the back office speaks as an agent, a program by the API; either may say that it brings a file.
Result<How> how_of(const Request& r, std::optional<How> asked) {
  How own = r.caller.kind == http::Caller::Kind::session ? How::agent : How::api;
  if (!asked || *asked == own) return own;
  if (*asked == How::import || *asked == How::agent) return *asked;
  return fail_at("how", "say agent or import, or leave it away: {} is for Cairn itself to say",
                 json::enum_name(*asked));
}

ConsentsView view_of(const Service::Consents& c) {
  ConsentsView out{c.customer, {}, c.history};
  for (Purpose purpose : json::enum_values<Purpose>()) {
    StandingView one;
    one.purpose = purpose;
    if (const auto& s = at(c.standing, purpose)) {
      one = {purpose, s->state, s->occurred_at, s->known_at, s->source, s->how, s->text_version};
    }
    out.purposes.push_back(std::move(one));
  }
  return out;
}

DeclaredView view_of(const Service::Declared& d) {
  DeclaredView out{d.customer, {}, d.history};
  for (const auto& [attribute, one] : d.now)
    out.declared[std::string(json::enum_name(attribute))] = {one.choices, one.occurred_at, one.source, one.how};
  return out;
}

Result<Response> get_consents(Service& s, const Request& r) {
  return http::json_of(view_of(TRY(s.consents(TRY(customer_of(r))))));
}

Result<Response> say(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  auto body = TRY(http::read_body<SayBody>(r));
  How how = TRY(how_of(r, body.how));
  Service::Said said{.purpose = body.purpose,
                     .state = body.state,
                     .occurred_at = body.occurred_at,
                     .source = body.source.value_or(""),
                     .text_version = body.text_version,
                     .language = body.language.value_or(""),
                     .note = body.note.value_or("")};
  auto kept = TRY(s.say(Actor::of(r.caller), how, customer, {said}));
  auto now = TRY(s.consents(customer));
  auto view = view_of(now);
  if (!accounts::may(r.caller, accounts::kViewCustomers)) {
    std::erase_if(view.purposes, [&](const StandingView& one) { return one.purpose != body.purpose; });
    view.history = kept.statements;
  }
  std::string text = json::encode_text(view);
  if (kept.statements.empty()) return http::json_response(std::move(text));
  return http::created_response(std::move(text), fmt::format("/api/v1/customers/{}/consents", now.customer.value));
}

Result<Response> get_declared(Service& s, const Request& r) {
  return http::json_of(view_of(TRY(s.declared(TRY(customer_of(r))))));
}

Result<Response> declare(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  auto body = TRY(http::read_body<DeclareBody>(r));
  How how = TRY(how_of(r, body.how));
  Service::Choices choices;
  if (body.interests) choices[Attribute::interests] = *body.interests;
  if (body.causes) choices[Attribute::causes] = *body.causes;
  if (body.life_stage) {
    auto& chosen = choices[Attribute::life_stage];
    if (!body.life_stage->empty()) chosen.push_back(*body.life_stage);
  }
  if (choices.empty()) return fail(Code::invalid, "say interests, life_stage or causes");
  TRY(s.declare(Actor::of(r.caller), how, customer, choices, body.occurred_at, body.source.value_or("")));
  auto view = view_of(TRY(s.declared(customer)));
  if (!accounts::may(r.caller, accounts::kViewCustomers)) {
    // What was said is known to who said it; nothing else.
    std::erase_if(view.declared, [&](const auto& one) {
      auto attribute = json::enum_from<Attribute>(one.first);
      return !attribute || !choices.contains(*attribute);
    });
    view.history.clear();
  }
  return http::json_of(view);
}

Result<Response> make_link(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  LinkBody body;
  if (!r.body.empty()) body = TRY(http::read_body<LinkBody>(r));
  LinkView out;
  if (body.expires_in_days) {
    if (*body.expires_in_days < 1 || *body.expires_in_days > 3650)
      return fail_at("expires_in_days", "1 to 3650 days, or leave it away: then the link does not expire");
    out.expires_at = Time{(s.world().clock.now() + days(*body.expires_in_days)).micros / 1'000'000 * 1'000'000};
  }
  out.token = TRY(s.make_link(customer, out.expires_at));
  out.path = "/preferences/" + out.token;
  out.url = fmt::format("{}://{}{}", r.is_secure ? "https" : "http", r.host, out.path);
  return http::json_of(out);
}

Result<Response> revoke_links(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  Time from = TRY(s.revoke_links(Actor::of(r.caller), customer));
  return http::json_of(RevokedView{TRY(s.consents(customer)).customer, from});
}

Result<Response> get_texts(Service& s, const Request&) { return http::json_of(TextsView{s.texts()}); }

Result<Response> add_text(Service& s, const Request& r) {
  auto body = TRY(http::read_body<TextBody>(r));
  auto made = TRY(s.add_text(Actor::of(r.caller), body.purpose, std::move(body.texts), body.valid_from));
  return http::created_response(json::encode_text(made), "/api/v1/consent/texts");
}

Result<Response> get_settings(Service& s, const Request&) { return http::json_of(TRY(s.settings())); }

Result<Response> set_settings(Service& s, const Request& r) {
  auto body = TRY(http::read_body<Settings>(r));
  TRY(s.set_settings(Actor::of(r.caller), body));
  return http::json_of(body);
}

}  // namespace

std::string text_of(const Service::Consents& consents) { return json::encode_text(view_of(consents)); }

std::vector<http::Route> routes(Service& service) {
  auto route = [&service](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                          Result<Response> (*handle)(Service&, const Request&)) {
    http::Route out{.method = method, .path = path, .permission = permission, .summary = summary, .handler = {}};
    out.handler = http::answer([&service, handle](const Request& r) { return handle(service, r); });
    return out;
  };
  using accounts::kEditCustomers;
  using accounts::kManageSettings;
  using accounts::kViewCustomers;
  return {
      route(Method::get, "/api/v1/customers/{id}/consents", kViewCustomers,
            "What a customer allows, purpose by purpose, and every statement of it", get_consents),
      route(Method::post, "/api/v1/customers/{id}/consents", kEditCustomers,
            "A statement of consent; 200 when it is known already", say),
      route(Method::get, "/api/v1/customers/{id}/declared", kViewCustomers,
            "What a customer says of themselves, and since when", get_declared),
      route(Method::post, "/api/v1/customers/{id}/declared", kEditCustomers,
            "Interests, life stage, causes, as the customer says", declare),
      route(Method::post, "/api/v1/customers/{id}/preference-link", kEditCustomers,
            "A signed link to the customer's own page", make_link),
      route(Method::post, "/api/v1/customers/{id}/preference-link/revoke", kEditCustomers,
            "Ends every link to the customer's own page that was made until now", revoke_links),
      route(Method::get, "/api/v1/consent/texts", kViewCustomers, "Every version of what people agree to", get_texts),
      route(Method::post, "/api/v1/consent/texts", kManageSettings, "A new version of a purpose's text", add_text),
      route(Method::get, "/api/v1/consent/settings", kViewCustomers, "What the preference page shows", get_settings),
      route(Method::put, "/api/v1/consent/settings", kManageSettings,
            "What the preference page shows: purposes in their order, and choices", set_settings),
  };
}

}  // namespace cairn::consent
