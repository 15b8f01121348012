#include "app/command_demo.h"

#include "app/commands.h"
#include "app/demo_people.h"
#include "demo/demo.h"
#include "i18n/words.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

const i18n::Words& words() { return i18n::Words::in(i18n::Language::en); }

Result<demo::Options> options_of(const DemoAsked& asked, const std::string& directory) {
  demo::Options options;
  options.customers = asked.customers;
  options.months = asked.months;
  options.seed = asked.seed;
  options.directory = directory;
  if (asked.until) options.until = Time{TRY(parse_time(*asked.until)).micros};
  return options;
}

}  // namespace

Result<void> run_demo(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<DemoAsked>(call.options));
  auto options = TRY(options_of(asked, instance.directory()));
  demo::Context context{instance.world(), instance.store(), instance.log(), instance.identities(), keep_demo_people};
  Duration begun = instance.world().clock.elapsed();
  auto made = TRY(demo::make(context, options, [&](const demo::Progress& progress) {
    call.output.progress(fmt::format("{} of about {} events", words().integer(static_cast<int64_t>(progress.events)),
                                     words().integer(static_cast<int64_t>(progress.expected))));
    return !call.output.is_cancelled();
  }));
  TRY(set_demo_choices(instance));
  TRY(instance.ingest().sources().add(accounts::Actor::operator_of_machine(),
                                      {.name = "demo shop's pages", .key = std::string(kDemoShopKey)}));
  double took = (instance.world().clock.elapsed() - begun).seconds();
  call.output.text(fmt::format("a shop of {} people: {} events, {} orders, in {:.1f} s\nwhat it hides: {}\n",
                               words().integer(made.customers), words().integer(made.events),
                               words().integer(made.orders), took, made.truth));
  return {};
}

}  // namespace cairn::app
