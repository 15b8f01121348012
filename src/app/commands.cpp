#include "app/commands.h"

#include "accounts/service.h"
#include "app/command.h"
#include "app/command_demo.h"
#include "app/command_import.h"
#include "app/command_report.h"
#include "app/doctor.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

Result<void> run_backup(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<BackupAsked>(call.options));
  if (instance.world().files.exists(asked.path))
    return fail(Code::conflict, "{} is there already; name a file that is not", asked.path);
  TRY(instance.store().backup(asked.path));
  call.output.text(fmt::format("backed up to {}\n", asked.path));
  return {};
}

Result<void> run_owner_link(Instance& instance, CommandCall& call) {
  auto accounts = TRY(accounts::Accounts::open(instance.world(), instance.store()));
  auto link = TRY(accounts->create_owner_link(accounts::Actor::operator_of_machine(), {}));
  call.output.text(fmt::format("/sign-in?token={}\nPut it behind the address that the server listens on. It works once, within 24 hours.\n",
                               link.token));
  return {};
}

constexpr Command kCommands[] = {
    {"import", true, true, run_import},      {"undo", false, true, run_undo},
    {"imports", false, true, run_imports},   {"report", false, true, run_report},
    {"demo", true, false, run_demo},         {"backup", false, true, run_backup},
    {"doctor", false, true, run_doctor},     {"owner-link", false, true, run_owner_link},
};

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands)
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace cairn::app
