#include "app/commands.h"

#include "app/command.h"
#include "app/command_consent.h"
#include "app/command_customer.h"
#include "app/command_demo.h"
#include "app/command_identity.h"
#include "app/command_import.h"
#include "app/command_query.h"
#include "app/command_report.h"
#include "app/command_rights.h"
#include "app/command_segment.h"
#include "app/command_source.h"
#include "app/doctor.h"
#include "events/brand.h"
#include "json/codec.h"
#include "people/phone.h"

namespace cairn::app {
namespace {

Result<void> run_backup(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<BackupAsked>(call.options));
  if (instance.world().files.exists(asked.path))
    return fail(Code::conflict, "{} is there already; name a file that is not", asked.path);
  TRY(instance.store().backup(asked.path));
  TRY(instance.rights().note_backup(base_name(asked.path)));
  call.output.text(fmt::format("backed up to {}\n", asked.path));
  return {};
}

Result<events::Brand> change_brand(db::Transaction& tx, const BrandAsked& asked) {
  events::Brand brand = TRY(events::read_brand(tx));
  if (asked.name) brand.name = *asked.name;
  if (asked.currency) brand.currency = TRY(Currency::parse(*asked.currency));
  if (asked.zone) brand.zone_name = TRY(Zone::find(*asked.zone)).name();
  if (asked.country) {
    brand.country = *asked.country;
    for (char& c : brand.country) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (!people::is_phone_region(brand.country))
      return fail_at("country", "'{}' is no country; write FR, DE, US …", *asked.country);
  }
  if (asked.first_weekday) brand.first_weekday = TRY(events::weekday_named(*asked.first_weekday));
  TRY(events::write_brand(tx, brand));
  return brand;
}

Result<void> run_brand(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<BrandAsked>(call.options));
  auto brand = std::make_shared<events::Brand>();
  TRY(instance.store().write_now(db::Lane::people, [=](db::Transaction& tx) -> Result<void> {
    *brand = TRY(change_brand(tx, asked));
    return {};
  }));
  // Telephone numbers are read by the country.
  TRY(instance.store().write_now(db::Lane::people,
                                 [&](db::Transaction& tx) { return instance.identities().load(tx); }));
  TRY(instance.history().remake({}));
  auto or_none = [](std::string_view text) { return text.empty() ? std::string_view("not set") : text; };
  call.output.text(fmt::format("{}: currency {}, time zone {}, country {}, weeks begin on {}\n", brand->name,
                               or_none(brand->currency.code()), or_none(brand->zone_name), or_none(brand->country),
                               events::weekday_name(brand->first_weekday)));
  return {};
}

Result<void> run_owner_link(Instance& instance, CommandCall& call) {
  auto link = TRY(instance.accounts().create_owner_link(accounts::Actor::operator_of_machine(), {}));
  call.output.text(fmt::format(
      "/sign-in?token={}\nPut it behind the address that the server listens on. It works once, within 24 hours.\n",
      link.token));
  return {};
}

constexpr Command kCommands[] = {
    {"import", true, true, run_import},
    {"undo", false, true, run_undo},
    {"imports", false, true, run_imports, true},
    {"report", false, true, run_report, true},
    {"demo", true, false, run_demo},
    {"backup", false, true, run_backup},
    {"doctor", false, true, run_doctor},
    {"owner-link", false, true, run_owner_link},
    {"brand", true, true, run_brand},
    {"source", true, true, run_source},
    {"identity", true, true, run_identity},
    {"segment", false, true, run_segment},
    {"customer", false, true, run_customer, true},
    {"consent", false, true, run_consent},
    {"erase", false, true, run_erase},
    {"export-person", false, true, run_export_person, true},
    {"log", false, true, run_log, true},
    {"query", false, true, run_query, true},
};

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands)
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace cairn::app
