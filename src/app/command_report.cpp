#include "app/command_report.h"

#include "app/command_query.h"
#include "app/commands.h"
#include "events/brand.h"
#include "json/codec.h"
#include "report/draw.h"
#include "report/report.h"
#include "report/routes.h"

namespace cairn::app {

Result<void> run_report(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<ReportAsked>(call.options));
  report::Options options;
  options.language = TRY(i18n::parse_language(asked.lang));
  events::Brand brand;
  TRY(instance.store().read([&](db::Session& session) -> Result<void> {
    brand = TRY(events::read_brand(session));
    return {};
  }));
  options.since = TRY(report::parse_since(asked.since.value_or(""), brand.zone()));
  options.until = TRY(report::parse_until(asked.until.value_or(""), brand.zone()));
  auto made =
      TRY(report::make(instance.world(), instance.store(), instance.history(), options, shows_reading(call.output)));
  if (asked.json) call.output.text(report::to_pretty_json(made) + "\n");
  else call.output.text(report::draw(made, {asked.width, asked.colour, options.language}));
  return {};
}

}  // namespace cairn::app
