#include <charconv>

#include "accounts/permissions.h"
#include "http/json_body.h"
#include "ingest/routes.h"

namespace cairn::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

struct SourceView {
  SourceId id;
  std::string name;
  SourceForm form = SourceForm::browser;
  bool is_trusted = false;
  int precedence = 0;
  Time created_at;
  bool is_closed = false;
  std::vector<WriteKey> keys;
};
BOOST_DESCRIBE_STRUCT(SourceView, (), (id, name, form, is_trusted, precedence, created_at, is_closed, keys))

struct SourcesView {
  std::vector<SourceView> sources;
};
BOOST_DESCRIBE_STRUCT(SourcesView, (), (sources))

struct SourceBody {
  std::string name;
  SourceForm form = SourceForm::browser;
  std::optional<bool> is_trusted;
};
BOOST_DESCRIBE_STRUCT(SourceBody, (), (name, form, is_trusted))

struct ChangeBody {
  std::optional<bool> is_trusted;
  std::optional<bool> is_closed;
};
BOOST_DESCRIBE_STRUCT(ChangeBody, (), (is_trusted, is_closed))

struct RotateBody {
  int64_t old_keys_live_hours = 24;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(RotateBody, (), (old_keys_live_hours))

SourceView view_of(const Source& s, std::vector<WriteKey> keys) {
  return {s.id, s.name, s.form, s.is_trusted, s.precedence, s.created_at, s.is_closed, std::move(keys)};
}

Result<SourceId> source_of(const Request& request) {
  const std::string& text = request.param("id");
  int64_t id = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return fail(Code::not_found, "there is no such source");
  return SourceId{id};
}

Result<Response> list(Service& service) {
  SourcesView view;
  for (const Source& source : service.sources().all())
    view.sources.push_back(view_of(source, service.sources().keys_of(source.id)));
  return http::json_of(view);
}

Result<Response> add(Service& service, const Request& request) {
  auto body = TRY(http::read_body<SourceBody>(request));
  auto made = TRY(service.sources().add(accounts::Actor::of(request.caller),
                                        {.name = body.name, .form = body.form, .is_trusted = body.is_trusted}));
  std::string location = fmt::format("/api/v1/sources/{}", made.source.id.value);
  std::vector<WriteKey> keys;
  keys.push_back(std::move(made.key));
  return http::created_response(json::encode_text(view_of(made.source, std::move(keys))), location);
}

Result<Response> get(Service& service, const Request& request) {
  Source source = TRY(service.sources().find(TRY(source_of(request))));
  return http::json_of(view_of(source, service.sources().keys_of(source.id)));
}

Result<Response> change(Service& service, const Request& request) {
  SourceId id = TRY(source_of(request));
  auto body = TRY(http::read_body<ChangeBody>(request));
  Source source =
      TRY(service.sources().change(accounts::Actor::of(request.caller), id, {body.is_trusted, body.is_closed}));
  return http::json_of(view_of(source, service.sources().keys_of(id)));
}

Result<Response> rotate(Service& service, const Request& request) {
  SourceId id = TRY(source_of(request));
  RotateBody body;
  if (!request.body.empty()) body = TRY(http::read_body<RotateBody>(request));
  WriteKey key =
      TRY(service.sources().rotate(accounts::Actor::of(request.caller), id, hours(body.old_keys_live_hours)));
  std::string location = fmt::format("/api/v1/sources/{}/keys/{}", id.value, key.id);
  return http::created_response(json::encode_text(key), location);
}

Result<Response> revoke(Service& service, const Request& request) {
  SourceId id = TRY(source_of(request));
  TRY(service.sources().revoke(accounts::Actor::of(request.caller), id, request.param("key")));
  return http::empty_response();
}

}  // namespace

std::vector<http::Route> source_routes(Service& service) {
  auto route = [&service](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                          Result<Response> (*handle)(Service&, const Request&)) {
    http::Route out{.method = method, .path = path, .permission = permission, .summary = summary, .handler = {}};
    out.handler = http::answer([&service, handle](const Request& r) { return handle(service, r); });
    return out;
  };
  using accounts::kManageSources;
  using accounts::kViewLive;
  return {
      route(Method::get, "/api/v1/sources", kViewLive, "Where events come from, and the keys of each",
            [](Service& s, const Request&) { return list(s); }),
      route(Method::post, "/api/v1/sources", kManageSources, "A new source with its first write key", add),
      route(Method::get, "/api/v1/sources/{id}", kViewLive, "One source", get),
      route(Method::patch, "/api/v1/sources/{id}", kManageSources, "Trusts a source or closes it, or takes that back",
            change),
      route(Method::post, "/api/v1/sources/{id}/keys", kManageSources,
            "A new write key; those before it go on for the hours that you say", rotate),
      route(Method::delete_, "/api/v1/sources/{id}/keys/{key}", kManageSources, "Ends a write key at once", revoke),
  };
}

}  // namespace cairn::ingest
