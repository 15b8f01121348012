#include "rights/routes.h"

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "base/text.h"
#include "events/brand.h"
#include "http/json_body.h"
#include "http/path.h"
#include "rights/certificate.h"
#include "rights/export.h"

namespace cairn::rights {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr size_t kWebhookBytes = 64 * 1024;

struct PreviewView {
  CustomerId customer;
  std::vector<CustomerId> ids;
  int64_t identifiers = 0, events = 0;
  std::map<std::string, int64_t> kinds;
};
BOOST_DESCRIBE_STRUCT(PreviewView, (), (customer, ids, identifiers, events, kinds))
struct RequestView {
  RequestId id;
  std::string act, state, origin;
  std::optional<CustomerId> customer;
  Time asked_at;
  std::optional<Time> done_at;
  std::string finding;
};
BOOST_DESCRIBE_STRUCT(RequestView, (), (id, act, state, origin, customer, asked_at, done_at, finding))
struct RequestsView {
  std::vector<RequestView> requests;
  std::optional<RequestId> next_before;
};
BOOST_DESCRIBE_STRUCT(RequestsView, (), (requests, next_before))
struct RetentionBody {
  std::vector<Rule> rules;
  std::vector<std::string> duties;
  std::optional<int64_t> backup_days;
  int64_t proof_days = Settings().proof_days;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(RetentionBody, (), (rules, duties, backup_days, proof_days))
struct RetentionView {
  std::vector<Rule> rules;
  std::vector<std::string> duties;
  std::optional<int64_t> backup_days;
  int64_t proof_days = 0;
  std::vector<RetentionRun> runs;
  std::vector<Backup> backups;
};
BOOST_DESCRIBE_STRUCT(RetentionView, (), (rules, duties, backup_days, proof_days, runs, backups))
struct DueView {
  std::string kind;
  int64_t days = 0;
  Time before;
  int64_t rows = 0, rows_all = 0;
};
BOOST_DESCRIBE_STRUCT(DueView, (), (kind, days, before, rows, rows_all))
struct DuesView {
  std::vector<DueView> rules;
};
BOOST_DESCRIBE_STRUCT(DuesView, (), (rules))
struct RanView {
  int64_t removed = 0;
};
BOOST_DESCRIBE_STRUCT(RanView, (), (removed))
struct SecretBody {
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(SecretBody, (), (secret))
struct WebhookView {
  std::string source;
  Time changed_at;
};
BOOST_DESCRIBE_STRUCT(WebhookView, (), (source, changed_at))
struct WebhooksView {
  std::vector<WebhookView> webhooks;
};
BOOST_DESCRIBE_STRUCT(WebhooksView, (), (webhooks))

RequestView view_of(const rights::Request& r) {
  RequestView out{
      r.id,     std::string(name_of(r.act)), std::string(json::enum_name(r.state)), r.origin, {}, r.asked_at, r.done_at,
      r.finding};
  if (r.customer.is_set()) out.customer = r.customer;
  return out;
}

Result<CustomerId> customer_of(const Request& r) {
  return CustomerId{TRY(http::path_number(r.param("id"), "customer"))};
}
Result<RequestId> request_of(const Request& r) { return RequestId{TRY(http::path_number(r.param("id"), "request"))}; }

i18n::Language language_of(const Request& r) {
  if (auto asked = r.query_value("lang"))
    if (auto language = i18n::parse_language(*asked)) return *language;
  return i18n::from_accept_language(r.header("accept-language").value_or(""), i18n::Language::en);
}

Result<Response> export_(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  std::string_view form = r.query_value("form").value_or("json");
  if (form != "json" && form != "page")
    return fail_at("form", "an export is json or page, not '{}'", excerpt(form, 20));
  bool is_page = form == "page";
  std::string text;
  TRY(export_person(s.parts(), customer, is_page ? ExportForm::page : ExportForm::json, language_of(r),
                    [&](std::string_view piece) {
                      text += piece;
                      return true;
                    }));
  TRY(s.note_exported(accounts::Actor::of(r.caller), customer));
  return http::download_response(std::move(text), is_page ? "text/html; charset=utf-8" : "application/json",
                                 fmt::format("customer-{}.{}", customer.value, is_page ? "html" : "json"));
}

Result<Response> erase(Service& s, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  if (r.query_value("dry_run").value_or("0") != "0") {
    Preview preview = TRY(s.preview(customer));
    PreviewView out{preview.customer, preview.ids, preview.identifiers, 0, preview.events};
    for (const auto& [kind, count] : preview.events) out.events += count;
    return http::json_of(out);
  }
  auto begun = TRY(s.erase({customer, "api", {}, accounts::Actor::of(r.caller)}));
  return http::accepted_response(json::encode_text(view_of(begun)));
}

Result<Response> list(Service& s, const Request& r) {
  int64_t before = TRY(http::query_int(r, "before", INT64_MAX, 0, INT64_MAX));
  auto limit = static_cast<size_t>(TRY(http::query_int(r, "limit", 100, 1, 1000)));
  RequestsView out;
  for (const auto& request : TRY(s.list({before}, static_cast<int>(limit)))) out.requests.push_back(view_of(request));
  if (out.requests.size() == limit) out.next_before = out.requests.back().id;
  return http::json_of(out);
}

Result<Response> certificate(Service& s, const Request& r) {
  return http::json_of(TRY(certificate_of(s, TRY(request_of(r)))));
}

Result<Response> certificate_page(Service& s, const Request& r) {
  auto made = TRY(certificate_of(s, TRY(request_of(r))));
  Zone zone;
  TRY(s.parts().store.read([&](db::Session& session) -> Result<void> {
    zone = TRY(events::read_brand(session)).zone();
    return {};
  }));
  return http::download_response(page_of(made, zone, language_of(r)), "text/html; charset=utf-8",
                                 fmt::format("request-{}.html", made.request.value));
}

Result<Response> close(Service& s, const Request& r) {
  return http::json_of(view_of(TRY(s.close(accounts::Actor::of(r.caller), TRY(request_of(r))))));
}

Result<Response> retention(Service& s, const Request&) {
  Settings settings = TRY(s.settings());
  RetentionView out;
  out.rules = TRY(s.rules());
  out.duties = std::move(settings.duties);
  out.backup_days = settings.backup_days;
  out.proof_days = settings.proof_days;
  out.runs = TRY(s.runs(50));
  out.backups = TRY(s.backups());
  return http::json_of(out);
}

Result<Response> set_retention(Service& s, const Request& r) {
  auto body = TRY(http::read_body<RetentionBody>(r));
  TRY(s.set(accounts::Actor::of(r.caller), body.rules, {body.duties, body.backup_days, body.proof_days}));
  return retention(s, r);
}

Result<Response> preview_retention(Service& s, const Request& r) {
  auto body = TRY(http::read_body<RetentionBody>(r));
  DuesView out;
  for (const auto& due : TRY(s.preview_rules(body.rules)))
    out.rules.push_back({due.rule.kind, due.rule.days, due.before, due.rows, due.rows_all});
  return http::json_of(out);
}

Result<Response> run_retention(Service& s, const Request&) {
  RanView out;
  out.removed = TRY(s.run_retention());
  return http::json_of(out);
}

Result<Response> webhooks(Service& s, const Request&) {
  WebhooksView out;
  for (auto& one : TRY(s.webhooks())) out.webhooks.push_back({std::move(one.source), one.changed_at});
  return http::json_of(out);
}

Result<Response> set_webhook(Service& s, const Request& r) {
  auto body = TRY(http::read_body<SecretBody>(r));
  TRY(s.set_webhook(accounts::Actor::of(r.caller), r.param("source"), body.secret));
  return http::empty_response();
}

Result<Response> remove_webhook(Service& s, const Request& r) {
  TRY(s.remove_webhook(accounts::Actor::of(r.caller), r.param("source")));
  return http::empty_response();
}

/// An unknown source is told from a wrong signature by nothing: neither the answer nor its time.
Result<Response> receive(Service& s, const Request& r) {
  auto secret = TRY(s.secret_of(r.param("source")));
  bool is_ours = is_signed(secret.value_or("nobody's"), r.body, r.header("x-shopify-hmac-sha256").value_or(""));
  if (!secret || !is_ours)
    return fail(Code::unauthenticated, "this is not signed with the secret of '{}'", excerpt(r.param("source"), 60));
  std::string_view topic = r.header("x-shopify-topic").value_or("");
  std::string_view key = r.header("x-shopify-webhook-id").value_or("");
  auto asked = TRY(read_shop_request(topic, key, r.body, r.param("source")));
  auto taken = TRY(s.take(asked, "shopify:" + r.param("source")));
  return http::json_of(view_of(taken));
}

}  // namespace

std::vector<http::Route> routes(Service& service) {
  auto route = [&service](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                          Result<Response> (*handle)(Service&, const http::Request&),
                          http::Lane lane = http::Lane::pages, std::vector<http::QueryDoc> query = {}) {
    http::Route out{.method = method,
                    .path = path,
                    .permission = permission,
                    .lane = lane,
                    .summary = summary,
                    .query = std::move(query),
                    .handler = {}};
    out.handler = http::answer([&service, handle](const http::Request& r) { return handle(service, r); });
    return out;
  };
  using namespace accounts;
  constexpr auto kLong = http::Lane::long_questions;
  http::QueryDoc limit{.name = "limit", .what = "So many at most", .type = "integer"};
  http::QueryDoc lang{.name = "lang", .what = "en or fr"};
  std::vector<http::Route> out = {
      route(Method::get, "/api/v1/customers/{id}/export", kExport, "Everything that is known of a customer, as a file",
            export_, kLong, {{.name = "form", .what = "json, or page: to read and send"}, lang}),
      route(Method::post, "/api/v1/customers/{id}/erase", kEraseCustomers,
            "Erases a customer: hidden at once, the rest within a minute", erase, kLong,
            {{.name = "dry_run", .what = "1: only says what would be erased", .type = "integer"}}),
      route(Method::get, "/api/v1/erasures", kEraseCustomers, "Requests of people about their data, latest first", list,
            http::Lane::pages,
            {{.name = "before", .what = "The last id of the page before", .type = "integer"}, limit}),
      route(Method::get, "/api/v1/erasures/{id}", kEraseCustomers,
            "What a request did, and what is kept: the certificate", certificate),
      route(Method::get, "/api/v1/erasures/{id}/page", kEraseCustomers, "The certificate, to read, print and send",
            certificate_page, http::Lane::pages, {lang}),
      route(Method::post, "/api/v1/erasures/{id}/close", kEraseCustomers, "Closes a request that waits for a person",
            close),
      route(Method::get, "/api/v1/retention", kManageSettings, "How long events are kept, by kind", retention),
      route(Method::put, "/api/v1/retention", kEraseCustomers, "Sets how long events are kept", set_retention),
      route(Method::post, "/api/v1/retention/preview", kManageSettings, "How many events such rules would remove now",
            preview_retention, kLong),
      route(Method::post, "/api/v1/retention/run", kEraseCustomers, "Removes now what the rules say, as each day",
            run_retention, kLong),
      route(Method::get, "/api/v1/privacy-webhooks", kManageKeys, "Which shops may ask for their customers", webhooks),
      route(Method::put, "/api/v1/privacy-webhooks/{source}", kManageKeys, "Sets the secret that a shop signs with",
            set_webhook),
      route(Method::delete_, "/api/v1/privacy-webhooks/{source}", kManageKeys, "A shop may ask no more",
            remove_webhook),
      route(Method::post, "/v1/webhooks/privacy/{source}", http::kPublic,
            "A shop asks for one of its customers: Shopify's mandatory privacy webhooks", receive),
  };
  out.back().body_bytes_max = kWebhookBytes;
  return out;
}

}  // namespace cairn::rights
