#include "base/text.h"
#include "crypto/encode.h"
#include "http/problem.h"
#include "ingest/routes.h"
#include "ingest/segment_form.h"

namespace cairn::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kPreflightAge = "86400";
constexpr size_t kHintBytes = 8;

/// As much of a key as may be shown.
std::string hint_of(std::string_view key) {
  return key.size() <= kHintBytes ? std::string(key) : std::string(key.substr(0, kHintBytes)) + "…";
}

/// Reads, hands over, answers after the commit.
class Taker {
 public:
  Taker(Service& service, std::string_view type) : service_(service), type_(type) {}

  void operator()(const Request& request, const http::Reply& reply) const {
    auto reader = service_.readers().take();
    Result<Delivery> delivery = reader->read(request, type_);
    if (!delivery) {
      turn_away(request, reader->key(), delivery.error());
      return reply.answer(delivery.error());
    }
    // A batch without calls is no error: there is nothing to keep.
    if (delivery->events.empty() && delivery->refused.empty()) return reply.answer(success(request));
    reply.free_body();  // It waits for the disk as events, not as text beside them.
    auto taken = service_.intake().submit(*std::move(delivery), [reply](const Result<void>& done) {
      if (done) reply.answer(success(reply.request()));
      else reply.answer(done.error());
    });
    if (taken) return;
    turn_away(request, reader->key(), taken.error());
    reply.answer(taken.error());
  }

 private:
  void turn_away(const Request& request, std::string_view key, const Error& why) const {
    service_.live().turned_away(hint_of(key), why.message, request.client_address);
  }
  Service& service_;
  std::string_view type_;
};

/// Senders have headers of their own (RudderStack's `AnonymousId`, `SentAt` and more with each version): what the
/// browser asks for is granted, since none of them opens anything here.
Response preflight(const Request& request) {
  Response response = http::empty_response();
  allow_any_site(response);
  response.headers.set("Access-Control-Allow-Methods", "POST, GET, OPTIONS");
  std::string_view asked = request.header("Access-Control-Request-Headers").value_or("");
  response.headers.set("Access-Control-Allow-Headers",
                       asked.empty() ? "Authorization, Content-Type, X-Retry-Count" : std::string(asked));
  response.headers.set("Access-Control-Max-Age", kPreflightAge);
  return response;
}

std::string base_url(const Request& request) {
  return fmt::format("{}://{}", request.is_secure ? "https" : "http", request.host);
}

Result<std::shared_ptr<const Source>> source_of(Service& service, std::string_view key) {
  auto source = service.sources().of_key(key);
  if (!source) return fail(Code::not_found, "this write key is unknown, or no longer valid");
  return source;
}

/// What analytics.js and the mobile SDKs ask before they send: where to.
Result<Response> settings(Service& service, const Request& request) {
  const std::string& key = request.param("key");
  TRY(source_of(service, key));
  // No `plan`, no `remotePlugins`: each of them would make the library load one more piece.
  std::string text = R"({"integrations":{"Segment.io":{"apiKey":)";
  json::append_text(text, key);
  text += R"(,"apiHost":)";
  json::append_text(text, request.host + "/v1");
  text += fmt::format(R"(,"protocol":"{}"}}}},"plan":{{}},"metrics":{{"sampleRate":0}}}})",
                      request.is_secure ? "https" : "http");
  Response response = http::json_response(std::move(text));
  allow_any_site(response);
  response.headers.set("Cache-Control", "public, max-age=60");
  return response;
}

/// The same for RudderStack's browser SDK.
Result<Response> rudder_source(Service& service, const Request& request) {
  std::string key(request.query_value("writeKey").value_or(""));
  if (key.empty()) key = key_of_header(request);
  auto source = TRY(source_of(service, key));
  std::string text = R"({"source":{"id":)";
  json::append_text(text, std::to_string(source->id.value));
  text += R"(,"name":)";
  json::append_text(text, source->name);
  text += R"(,"writeKey":)";
  json::append_text(text, key);
  text += R"(,"enabled":true,"workspaceId":"cairn","connections":[],"destinations":[],"dataplanes":{},)"
          R"("config":{"statsCollection":{"errors":{"enabled":false},"metrics":{"enabled":false}}},"dataplaneUrl":)";
  json::append_text(text, base_url(request));
  text += R"(},"updatedAt":"2026-01-01T00:00:00.000Z"})";
  Response response = http::json_response(std::move(text));
  allow_any_site(response);
  return response;
}

/// An image for pages without scripts: `?data=` has the call as base64.
void pixel(Service& service, std::string_view type, const Request& request, const http::Reply& reply) {
  static constexpr std::string_view kGif =
      "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01"
      "\x00\x01\x00\x00\x02\x02"
      "D\x01\x00;";
  std::string padded(request.query_value("data").value_or(""));
  for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c == ' ' ? '+' : c;
  while (padded.size() % 4 != 0) padded += '=';
  auto body = crypto::from_base64(padded);
  if (!body) return reply.answer(Error{Code::invalid, "`data` is not base64", "data"});
  Request inner = request;
  inner.body = *std::move(body);
  auto reader = service.readers().take();
  Result<Delivery> delivery = reader->read(inner, type);
  if (!delivery) {
    service.live().turned_away(hint_of(reader->key()), delivery.error().message, request.client_address);
    return reply.answer(delivery.error());
  }
  auto taken = service.intake().submit(*std::move(delivery), [reply](const Result<void>& done) {
    if (!done) return reply.answer(done.error());
    Response response;
    response.headers.add("Content-Type", "image/gif");
    response.body = http::Body::embedded({kGif.data(), 43});
    allow_any_site(response);
    reply.answer(std::move(response));
  });
  if (!taken) reply.answer(taken.error());
}

struct Address {
  std::string_view path;
  std::string_view type;  ///< Empty: a batch.
  std::string_view summary;
  bool is_documented = true;
};

constexpr Address kAddresses[] = {
    {"/v1/track", "track", "Something that a customer did"},
    {"/v1/identify", "identify", "Who a customer is, and what is known of them"},
    {"/v1/page", "page", "A page that was looked at"},
    {"/v1/screen", "screen", "A screen of an app that was looked at"},
    {"/v1/group", "group", "The company or household that a customer belongs to"},
    {"/v1/alias", "alias", "Two names of one customer"},
    {"/v1/batch", "", "Many calls at once"},
    {"/v1/import", "", "The same as /v1/batch, under the name that some SDKs use; nothing historical"},
    {"/v1/import/", "", "", false},
    {"/v1/b", "", "", false},
    {"/v1/t", "track", "", false},
    {"/v1/i", "identify", "", false},
    {"/v1/p", "page", "", false},
    {"/v1/s", "screen", "", false},
    {"/v1/g", "group", "", false},
    {"/v1/a", "alias", "", false},
    {"/beacon/v1/batch", "", "", false},
};

constexpr std::string_view kCallSchema =
    R"({"type":"object","properties":{"writeKey":{"type":"string"},"userId":{"type":"string"},)"
    R"("anonymousId":{"type":"string"},)"
    R"("messageId":{"type":"string"},"timestamp":{"type":"string","format":"date-time"},"sentAt":{"type":"string",)"
    R"("format":"date-time"},"event":{"type":"string"},"properties":{"type":"object"},"traits":{"type":"object"},)"
    R"("context":{"type":"object"}}})";
constexpr std::string_view kBatchSchema =
    R"({"type":"object","required":["batch"],"properties":{"writeKey":{"type":"string"},"batch":{"type":"array",)"
    R"("items":{"type":"object"}},"context":{"type":"object"},"sentAt":{"type":"string","format":"date-time"}}})";

http::Route options_route(std::string_view path) {
  return {.method = Method::options,
          .path = path,
          .permission = http::kPublic,
          .lane = http::Lane::inline_,
          .summary = "What a browser asks before it calls",
          .is_documented = false,
          .handler = http::answer([](const Request& request) -> Result<Response> { return preflight(request); })};
}

http::Route public_get(std::string_view path, std::string_view summary,
                       std::function<Result<Response>(const Request&)> handler) {
  return {.method = Method::get,
          .path = path,
          .permission = http::kPublic,
          .lane = http::Lane::inline_,
          .summary = summary,
          .is_documented = false,
          .handler = http::answer(std::move(handler))};
}

}  // namespace

std::vector<http::Route> segment_routes(Service& service) {
  std::vector<http::Route> routes;
  for (const Address& address : kAddresses) {
    routes.push_back({.method = Method::post,
                      .path = address.path,
                      .permission = http::kPublic,
                      .lane = http::Lane::inline_,
                      .summary = address.summary,
                      .description =
                          "Compatible with Segment's HTTP API. The write key stands in `Authorization: Basic` (as the "
                          "user, with an empty password) or in the body. Answered when it is on disk.",
                      .request_schema = address.type.empty() ? kBatchSchema : kCallSchema,
                      .response_schema = R"({"type":"object","properties":{"success":{"type":"boolean"}}})",
                      .body_bytes_max = kBodyBytesMax,
                      .is_documented = address.is_documented,
                      .handler = Taker(service, address.type)});
    routes.push_back(options_route(address.path));
  }
  routes.push_back({.method = Method::post,
                    .path = "/v1/m",
                    .permission = http::kPublic,
                    .lane = http::Lane::inline_,
                    .summary = "Figures of analytics.js about itself: answered, not kept",
                    .is_documented = false,
                    .handler = http::answer([](const Request& r) -> Result<Response> { return success(r); })});
  routes.push_back(options_route("/v1/m"));
  for (auto [path, type] : {std::pair<std::string_view, std::string_view>{"/v1/pixel/track", "track"},
                            {"/v1/pixel/page", "page"},
                            {"/pixel/v1/track", "track"},
                            {"/pixel/v1/page", "page"}})
    routes.push_back({.method = Method::get,
                      .path = path,
                      .permission = http::kPublic,
                      .lane = http::Lane::inline_,
                      .summary = "A call as an image, for pages without scripts",
                      .is_documented = false,
                      .handler = [&service, type = type](const Request& request, const http::Reply& reply) {
                        pixel(service, type, request, reply);
                      }});
  auto ask_settings = [&service](const Request& r) { return settings(service, r); };
  auto ask_rudder = [&service](const Request& r) { return rudder_source(service, r); };
  for (std::string_view path : {"/v1/projects/{key}/settings", "/projects/{key}/settings"}) {
    routes.push_back(public_get(path, "Where a browser's SDK sends to", ask_settings));
    routes.push_back(options_route(path));
  }
  for (std::string_view path : {"/sourceConfig", "/sourceConfig/"}) {
    routes.push_back(public_get(path, "Where RudderStack's browser SDK sends to", ask_rudder));
    routes.push_back(options_route(path));
  }
  return routes;
}

}  // namespace cairn::ingest
