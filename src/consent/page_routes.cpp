#include <algorithm>
#include <charconv>

#include "consent/page.h"
#include "consent/routes.h"
#include "crypto/hash.h"
#include "events/brand.h"
#include "http/problem.h"
#include "http/target.h"
#include "i18n/words.h"

namespace cairn::consent {
namespace {

using http::Method;
using http::Request;
using http::Response;

/// A guesser of links has 256 bits before them; this is against load. A mail provider's one-click unsubscriptions come
/// from a few addresses, after a campaign many at once.
constexpr int kTriesPerMinute = 600;
constexpr size_t kFormBytes = 64 * 1024;

i18n::Language language_of(const Request& r, std::optional<std::string_view> asked) {
  if (asked)
    if (auto language = i18n::parse_language(*asked)) return *language;
  return i18n::from_accept_language(r.header("accept-language").value_or(""), i18n::Language::en);
}

Response page(std::string html, int status = 200) {
  Response out = http::html_response(std::move(html));
  out.status = status;
  out.headers.add("X-Robots-Tag", "noindex, nofollow");
  out.headers.add("Content-Security-Policy",
                  "default-src 'none'; style-src 'nonce-__CSP_NONCE__'; form-action 'self'; base-uri 'none'; "
                  "frame-ancestors 'none'");
  // The address is the key to the page: no other site learns of it.
  out.headers.add("Referrer-Policy", "no-referrer");
  return out;
}

Result<events::Brand> brand_of(const Service& s) {
  events::Brand out;
  TRY(s.store().read([&](db::Session& session) -> Result<void> {
    out = TRY(events::read_brand(session));
    return {};
  }));
  return out;
}

Result<Response> bad_link(const Service& s, const Request& r) {
  i18n::Language language = language_of(r, r.query_value("lang"));
  const i18n::Words& words = i18n::Words::in(language);
  return page(draw_notice(language, TRY(brand_of(s)).name, words.text("consent.page.bad_link_title"),
                          words.text("consent.page.bad_link")),
              404);
}

/// What was saved at that moment by the page, as the redirection after saving names it.
std::optional<Page::Saved> saved_at(const Request& r, const Service::Consents& consents,
                                    const Service::Declared& declared) {
  auto text = r.query_value("saved");
  int64_t micros = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), micros).ec != std::errc())
    return std::nullopt;
  Page::Saved out;
  auto is_it = [&](const auto& row) { return row.known_at.micros == micros && row.how == How::preference_page; };
  for (const Statement& s : consents.history)
    if (is_it(s)) out.statements.push_back(s);
  for (const Declaration& d : declared.history)
    if (is_it(d)) out.declarations.push_back(d);
  // In the order of the page.
  auto by_seq = [](const auto& a, const auto& b) { return a.seq < b.seq; };
  std::sort(out.statements.begin(), out.statements.end(), by_seq);
  std::stable_sort(out.declarations.begin(), out.declarations.end(),
                   [](const Declaration& a, const Declaration& b) { return a.attribute < b.attribute; });
  return out;
}

Result<Response> show(Service& s, const Request& r) {
  auto link = s.read_link(r.param("token"));
  if (!link && link.error().code == Code::not_found) return bad_link(s, r);
  if (!link) return tl::unexpected(link.error());
  auto brand = TRY(brand_of(s));
  auto consents = TRY(s.consents(link->customer));
  auto declared = TRY(s.declared(link->customer));
  Page out;
  out.language = language_of(r, r.query_value("lang"));
  out.brand = brand.name;
  out.zone = brand.zone();
  out.token = r.param("token");
  out.settings = TRY(s.settings());
  out.standing = consents.standing;
  out.texts = s.texts();
  out.declared = declared.now;
  out.now = s.world().clock.now();
  out.saved = saved_at(r, consents, declared);
  return page(draw(out));
}

/// RFC 8058: a mail program asks by itself, with nothing but the link.
Result<Response> unsubscribe(Service& s, const Link& link) {
  auto standing = TRY(s.consents(link.customer)).standing;
  std::vector<Service::Said> said;
  if (auto state = said_by_refusal(state_of(at(standing, Purpose::email))))
    said.push_back({.purpose = Purpose::email, .state = *state, .source = "one-click unsubscribe"});
  TRY(s.save_page(link.customer, std::move(said), {}));
  return http::text_response("OK\n");
}

Result<Response> save(Service& s, const Request& r) {
  auto link = s.read_link(r.param("token"));
  if (!link && link.error().code == Code::not_found) return bad_link(s, r);
  if (!link) return tl::unexpected(link.error());
  auto fields = TRY(http::parse_query(r.body));
  auto field = [&](std::string_view name) {
    for (const http::Field& f : fields)
      if (f.name == name) return std::optional<std::string_view>(f.value);
    return std::optional<std::string_view>();
  };
  if (field("List-Unsubscribe") == "One-Click") return unsubscribe(s, *link);
  // A form of another site can name the address, but has no page of ours to take the token from.
  if (!crypto::equal(field("token").value_or(""), r.param("token")))
    return fail_at("token", "this form does not belong to this page");
  i18n::Language language = language_of(r, field("lang"));
  auto consents = TRY(s.consents(link->customer));
  auto form = TRY(read_form(fields, TRY(s.settings()), consents.standing, language));
  auto kept = TRY(s.save_page(link->customer, std::move(form.said), form.choices));
  bool is_nothing = kept.statements.empty() && kept.declarations.empty();
  Response out = http::redirect_response(fmt::format("/preferences/{}?lang={}&saved={}", r.param("token"),
                                                     json::enum_name(language), is_nothing ? 0 : kept.known_at.micros));
  out.headers.add("Referrer-Policy", "no-referrer");
  return out;
}

}  // namespace

http::Response page_error(const Error& error, const http::Request& request) {
  Response problem = http::problem_document(error, request);  // which logs what is ours
  i18n::Language language = language_of(request, request.query_value("lang"));
  const i18n::Words& words = i18n::Words::in(language);
  Response out =
      page(draw_notice(language, "", words.text("consent.page.error_title"), words.text("consent.page.error")),
           problem.status);
  if (auto wait = problem.headers.find("Retry-After")) out.headers.add("Retry-After", *wait);
  return out;
}

std::vector<http::Route> page_routes(Service& service) {
  http::Route get;
  get.method = Method::get;
  get.path = "/preferences/{token}";
  get.permission = http::kPublic;
  get.summary = "A customer's own page";
  get.tries_per_minute = kTriesPerMinute;
  get.is_documented = false;
  get.handler = http::answer([&service](const Request& r) { return show(service, r); });
  http::Route post = get;
  post.method = Method::post;
  post.summary = "What was chosen there";
  post.body_bytes_max = kFormBytes;
  post.handler = http::answer([&service](const Request& r) { return save(service, r); });
  return {get, post};
}

}  // namespace cairn::consent
