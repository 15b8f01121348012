#include "accounts/routes.h"

#include "accounts/authorize.h"
#include "http/json_body.h"
#include "i18n/words.h"

namespace cairn::accounts {
namespace {

struct SignInBody {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (token))

struct UserView {
  std::string name;
  std::string email;
  std::string role;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (name, email, role))

struct SessionView {
  UserView user;
  std::string csrf;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (user, csrf))

struct LinkView {
  std::string token;
  Time expires_at;
};
BOOST_DESCRIBE_STRUCT(LinkView, (), (token, expires_at))

struct KeyBody {
  std::string name;
  std::vector<std::string> scopes;
};
BOOST_DESCRIBE_STRUCT(KeyBody, (), (name, scopes))

struct NewKeyView {
  ApiKey key;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NewKeyView, (), (key, text))

struct ScopeView {
  std::string name;
  std::string what;
};
BOOST_DESCRIBE_STRUCT(ScopeView, (), (name, what))

struct KeysView {
  std::vector<ApiKey> keys;
  std::vector<ScopeView> scopes;
};
BOOST_DESCRIBE_STRUCT(KeysView, (), (keys, scopes))

struct AuditView {
  int64_t id = 0;
  Time at;
  std::string actor;
  std::optional<UserId> user;
  std::string act;
  std::string subject;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(AuditView, (), (id, at, actor, user, act, subject, detail))

struct AuditPage {
  std::vector<AuditView> entries;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(AuditPage, (), (entries, next))

constexpr int kTriesPerMinute = 10;

SessionView view_of(const Session& session) {
  const User& user = session.user;
  return {{user.name, user.email, std::string(json::enum_name(user.role))}, session.csrf};
}

void set_session_cookie(http::Response& response, const http::Request& request, std::string_view cookie,
                        int64_t age_s) {
  http::CookieOptions options;
  options.max_age_s = age_s;
  options.is_secure = request.is_secure;
  http::set_cookie(response, kSessionCookie, cookie, options);
}

Result<http::Response> sign_in(Accounts& accounts, const http::Request& request) {
  auto body = TRY(http::read_body<SignInBody>(request));
  auto signed_in = TRY(accounts.sign_in(body.token));
  http::Response response = http::json_of(view_of(signed_in.session));
  set_session_cookie(response, request, signed_in.cookie, kSessionIdle.micros / seconds(1).micros);
  return response;
}

Result<http::Response> get_session(const http::Request& request) {
  if (auto session = session_of(request.caller)) return http::json_of(view_of(*session));
  const http::Caller& caller = request.caller;
  return http::json_of(SessionView{{caller.name, "", caller.role}, ""});
}

Result<http::Response> end_session(Accounts& accounts, const http::Request& request) {
  http::Response response = http::empty_response();
  if (request.caller.kind != http::Caller::Kind::session) return response;
  TRY(accounts.end_session(request.cookie(kSessionCookie).value_or("")));
  set_session_cookie(response, request, "", 0);
  return response;
}

Result<http::Response> create_owner_link(Accounts& accounts, const http::Request& request) {
  auto link = TRY(accounts.create_owner_link(Actor::of(request.caller), {}));
  return http::json_of(LinkView{link.token, link.expires_at});
}

Result<http::Response> list_keys(const Accounts& accounts, const http::Request& request) {
  std::string_view accepted = request.header("Accept-Language").value_or("");
  const i18n::Words& words = i18n::Words::in(i18n::from_accept_language(accepted, i18n::Language::en));
  KeysView view{.keys = accounts.keys(), .scopes = {}};
  for (const Permission& permission : permissions())
    if (permission.is_scope)
      view.scopes.push_back({std::string(permission.name),
                             words.text(fmt::format("accounts.permission.{}", permission.name))});
  return http::json_of(view);
}

Result<http::Response> create_key(Accounts& accounts, const http::Request& request) {
  auto body = TRY(http::read_body<KeyBody>(request));
  auto made = TRY(accounts.create_key(Actor::of(request.caller), std::move(body.name), std::move(body.scopes)));
  std::string location = "/api/v1/keys/" + made.key.id;
  return http::created_response(json::encode_text(NewKeyView{std::move(made.key), std::move(made.text)}), location);
}

Result<http::Response> revoke_key(Accounts& accounts, const http::Request& request) {
  TRY(accounts.revoke_key(Actor::of(request.caller), request.param("id")));
  return http::empty_response();
}

Result<http::Response> list_audit(db::Store& store, const http::Request& request) {
  int64_t before = TRY(http::query_int(request, "before", INT64_MAX, 1, INT64_MAX));
  int64_t limit = TRY(http::query_int(request, "limit", 100, 1, 1000));
  AuditPage page;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    for (AuditEntry& e : TRY(audit_before(session, before, static_cast<int>(limit))))
      page.entries.push_back({e.id, e.at, e.actor, e.user.is_set() ? std::optional(e.user) : std::nullopt, e.act,
                              e.subject, e.detail});
    return {};
  }));
  if (page.entries.size() == static_cast<size_t>(limit)) page.next = std::to_string(page.entries.back().id);
  return http::json_of(page);
}

constexpr std::string_view kSessionSchema =
    R"({"type":"object","properties":{"user":{"type":"object","properties":{"name":{"type":"string"},)"
    R"("email":{"type":"string"},"role":{"type":"string"}}},"csrf":{"type":"string"}}})";
constexpr std::string_view kSignInSchema =
    R"({"type":"object","required":["token"],"properties":{"token":{"type":"string"}}})";
constexpr std::string_view kLinkSchema =
    R"({"type":"object","properties":{"token":{"type":"string"},"expires_at":{"type":"string","format":"date-time"}}})";
constexpr std::string_view kNewKeySchema =
    R"({"type":"object","required":["name","scopes"],"properties":{"name":{"type":"string"},)"
    R"("scopes":{"type":"array","items":{"type":"string"}}}})";

std::vector<http::Route> session_routes(Accounts& accounts) {
  using http::Method;
  return {
      {.method = Method::post,
       .path = "/api/v1/session",
       .permission = http::kPublic,
       .summary = "Sign in with a one-time link's token; sets the session cookie",
       .request_schema = kSignInSchema,
       .response_schema = kSessionSchema,
       .tries_per_minute = kTriesPerMinute,
       .handler = http::answer([&](const http::Request& r) { return sign_in(accounts, r); })},
      {.method = Method::get,
       .path = "/api/v1/session",
       .permission = http::kSignedIn,
       .summary = "Who is signed in, and the token that changes need",
       .response_schema = kSessionSchema,
       .handler = http::answer(get_session)},
      {.method = Method::post,
       .path = "/api/v1/session/end",
       .permission = http::kSignedIn,
       .summary = "Sign out",
       .handler = http::answer([&](const http::Request& r) { return end_session(accounts, r); })},
      {.method = Method::post,
       .path = "/api/v1/owner-link",
       .permission = kManageOwners,
       .summary = "A new one-time link for the owner; voids the one before",
       .response_schema = kLinkSchema,
       .handler = http::answer([&](const http::Request& r) { return create_owner_link(accounts, r); })},
  };
}

}  // namespace

std::vector<http::Route> routes(Accounts& accounts, db::Store& store) {
  using http::Method;
  std::vector<http::Route> all = session_routes(accounts);
  all.push_back({.method = Method::get,
                 .path = "/api/v1/keys",
                 .permission = kManageKeys,
                 .summary = "The API keys, newest first, and the scopes that a key may have",
                 .handler = http::answer([&](const http::Request& r) { return list_keys(accounts, r); })});
  all.push_back({.method = Method::post,
                 .path = "/api/v1/keys",
                 .permission = kManageKeys,
                 .summary = "Make an API key; its text is in this answer and nowhere else",
                 .request_schema = kNewKeySchema,
                 .handler = http::answer([&](const http::Request& r) { return create_key(accounts, r); })});
  all.push_back({.method = Method::delete_,
                 .path = "/api/v1/keys/{id}",
                 .permission = kManageKeys,
                 .summary = "Revoke an API key",
                 .handler = http::answer([&](const http::Request& r) { return revoke_key(accounts, r); })});
  all.push_back({.method = Method::get,
                 .path = "/api/v1/audit",
                 .permission = kViewAudit,
                 .summary = "Who did what, newest first",
                 .query = {{.name = "before", .what = "`next` of the page before", .type = "integer"},
                           {.name = "limit", .what = "1 to 1000, 100 when not given", .type = "integer"}},
                 .handler = http::answer([&](const http::Request& r) { return list_audit(store, r); })});
  return all;
}

}  // namespace cairn::accounts
