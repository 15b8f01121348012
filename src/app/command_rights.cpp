#include "app/command_rights.h"

#include <charconv>

#include "app/commands.h"
#include "i18n/words.h"
#include "json/codec.h"
#include "rights/certificate.h"
#include "rights/export.h"

namespace cairn::app {
namespace {

Result<CustomerId> customer_of(const std::string& text) {
  CustomerId out;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  if (error != std::errc() || end != text.data() + text.size() || !out.is_set())
    return fail(Code::invalid, "'{}' is no customer's number", text);
  return out;
}

const i18n::Words& words_in(const std::string& language) {
  return i18n::Words::in(i18n::parse_language(language).value_or(i18n::Language::en));
}

Result<void> print_preview(Instance& instance, CustomerId customer, const EraseAsked& asked, Output& output) {
  auto preview = TRY(instance.rights().preview(customer));
  json::Object kinds;
  std::string lines;
  for (const auto& [kind, count] : preview.events) {
    kinds[kind] = count;
    lines += fmt::format("{:>9}  {}\n", words_in(asked.lang).integer(count), kind);
  }
  if (asked.json) {
    json::Object out;
    out["customer"] = std::to_string(preview.customer.value);
    out["identifiers"] = preview.identifiers;
    out["events"] = std::move(kinds);
    output.text(json::serialize(out) + "\n");
    return {};
  }
  output.text(words_in(asked.lang).plural("app.erase.identifiers", preview.identifiers) + "\n" + lines);
  return {};
}

}  // namespace

Result<void> run_erase(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<EraseAsked>(call.options));
  CustomerId customer = TRY(customer_of(asked.customer));
  if (asked.dry_run) return print_preview(instance, customer, asked, call.output);
  TRY(instance.history().catch_up());
  auto request = TRY(instance.rights().erase({customer, "cli", {}, accounts::Actor::operator_of_machine()}));
  TRY(instance.rights().finish_now());
  auto certificate = TRY(rights::certificate_of(instance.rights(), request.id));
  if (asked.json) {
    call.output.text(json::encode_text(certificate) + "\n");
    return {};
  }
  const i18n::Words& words = words_in(asked.lang);
  call.output.text(words.text("app.erase.done", {{"id", std::to_string(request.id.value)}}) + "\n");
  for (const auto& erased : certificate.erased)
    call.output.text(fmt::format("{:>9}  {}\n", words.integer(erased.count), erased.what));
  return {};
}

Result<void> run_export_person(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<ExportPersonAsked>(call.options));
  CustomerId customer = TRY(customer_of(asked.customer));
  auto form = asked.page ? rights::ExportForm::page : rights::ExportForm::json;
  auto language = i18n::parse_language(asked.lang).value_or(i18n::Language::en);
  TRY(rights::export_person(instance.rights().parts(), customer, form, language, [&](std::string_view piece) {
    call.output.text(piece);
    return !call.output.is_cancelled();
  }));
  return instance.rights().note_exported(accounts::Actor::operator_of_machine(), customer);
}

}  // namespace cairn::app
