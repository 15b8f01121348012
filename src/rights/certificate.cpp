#include "rights/certificate.h"

#include "i18n/words.h"
#include "http/html.h"
#include "rights/pages.h"

namespace cairn::rights {

Result<Certificate> certificate_of(Service& service, RequestId id) {
  Request request = TRY(service.find(id));
  Settings settings = TRY(service.settings());
  Certificate out;
  out.request = request.id;
  out.act = name_of(request.act);
  out.state = json::enum_name(request.state);
  out.origin = request.origin;
  out.customer = request.customer;
  out.asked_at = request.asked_at;
  out.hidden_at = request.hidden_at;
  out.done_at = request.done_at;
  out.finding = request.finding;
  for (const auto& [what, count] : request.counts) out.erased.push_back({what, count});
  out.duties = settings.duties;
  for (Backup& backup : TRY(service.backups()))
    if (!request.done_at || backup.at <= *request.done_at) out.backups.push_back(std::move(backup));
  Parts& parts = service.parts();
  out.is_on_postgres = parts.store.driver() == db::Driver::postgres;
  TRY(parts.store.read([&](db::Session& session) -> Result<void> {
    for (const Holder& holder : parts.holders)
      if (holder.kept && request.act == Act::erase) {
        json::Object kept = TRY(holder.kept(session, request.ids));
        if (!kept.empty()) out.kept[holder.module] = std::move(kept);
      }
    return {};
  }));
  return out;
}

std::string page_of(const Certificate& c, const Zone& zone, i18n::Language language) {
  const i18n::Words& words = i18n::Words::in(language);
  auto say = [&](std::string_view key, i18n::Args args = {}) { return http::escape_html(words.text(key, args)); };
  auto at = [&](Time time) { return words.date_and_time(zone.local(time)); };
  std::string number = std::to_string(c.request.value);
  std::string out = page_begin(json::enum_name(language), words.text("rights.certificate.title", {{"id", number}}));
  out += fmt::format("<p>{}</p>\n", say("rights.certificate.asked", {{"at", at(c.asked_at)}, {"origin", c.origin}}));
  out += fmt::format("<p>{}</p>\n", c.done_at ? say("rights.certificate.done", {{"at", at(*c.done_at)}})
                                              : say("rights.certificate.under_way"));
  if (!c.finding.empty()) out += fmt::format("<p>{}</p>\n", http::escape_html(c.finding));
  out += fmt::format("<h2>{}</h2>\n<table>\n", say("rights.certificate.erased"));
  for (const ErasedView& erased : c.erased)
    out += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", http::escape_html(erased.what),
                       http::escape_html(words.integer(erased.count)));
  out += fmt::format("</table>\n<h2>{}</h2>\n<p>{}</p>\n", say("rights.certificate.kept"),
                     say("rights.certificate.totals"));
  for (const auto& [module, value] : c.kept)
    out += fmt::format("<p>{}</p>\n{}\n",
                       say(fmt::format("rights.kept.{}", std::string_view(module.data(), module.size()))),
                       as_table(value));
  out += "<ul>\n";
  for (const std::string& duty : c.duties) out += fmt::format("<li>{}</li>\n", http::escape_html(duty));
  out += fmt::format("</ul>\n<h2>{}</h2>\n<p>{}</p>\n<ul>\n", say("rights.certificate.backups"),
                     c.backups.empty() ? say("rights.certificate.no_backups") : say("rights.certificate.backups_may"));
  for (const Backup& backup : c.backups)
    out += fmt::format("<li>{}</li>\n",
                       backup.expires_at
                           ? say("rights.certificate.backup_until",
                                 {{"name", backup.name}, {"at", at(backup.at)}, {"until", at(*backup.expires_at)}})
                           : say("rights.certificate.backup", {{"name", backup.name}, {"at", at(backup.at)}}));
  out += "</ul>\n";
  if (c.is_on_postgres) out += fmt::format("<p>{}</p>\n", say("rights.certificate.postgres"));
  return out + page_end();
}

}  // namespace cairn::rights
