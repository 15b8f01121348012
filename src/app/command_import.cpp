#include "app/command_import.h"

#include "app/commands.h"
#include "i18n/words.h"
#include "import/run.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

using i18n::Words;

const Words& words() { return Words::in(i18n::Language::en); }

import::Context context_of(Instance& instance) {
  return {instance.world(), instance.store(), instance.log(), instance.identities(), instance.ingest().undeclared()};
}

Result<std::vector<std::pair<std::string, std::string>>> columns_of(const std::vector<std::string>& map) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& text : map) {
    size_t at = text.find('=');
    if (at == text.npos || at == 0 || at + 1 == text.size())
      return fail_at("map", "'{}' is no mapping; write --map COLUMN=FIELD, e.g. --map buyer=user_id", text);
    out.emplace_back(text.substr(0, at), text.substr(at + 1));
  }
  return out;
}

std::string progress_line(const import::Progress& p) {
  double share = p.bytes_total ? static_cast<double>(p.bytes_done) / static_cast<double>(p.bytes_total) : 0;
  std::string left = p.left.micros > 0 ? fmt::format(", {} left", words().duration(p.left)) : "";
  return fmt::format("{} rows, {}, {} rows/s{}", words().integer(static_cast<int64_t>(p.rows)), words().share(share, 0),
                     words().integer(static_cast<int64_t>(p.rows_per_second)), left);
}

std::string file_line(const import::FileSummary& file) {
  std::string name(base_name(file.path));
  if (file.use == "facts")
    return fmt::format("  {:<42} {:>10} read {:>10} kept {:>10} already there {:>8} rejected\n", name,
                       words().integer(file.rows.read), words().integer(file.rows.kept),
                       words().integer(file.rows.already_there), words().integer(file.rows.rejected));
  if (file.use == "lookup") return fmt::format("  {:<42} {:>10} looked up\n", name, words().integer(file.rows.read));
  return fmt::format("  {:<42} not used\n", name);
}

void print_summary(const import::Summary& s, Output& output) {
  std::string out;
  if (s.dry_run) out += "dry run: nothing is written; rows are not compared with what is there already\n";
  if (s.continued) out += fmt::format("going on with import {}, which was interrupted\n", s.run);
  for (const import::FileSummary& file : s.files) out += file_line(file);
  out += fmt::format("{} rows read = {} kept + {} already there + {} rejected\n", words().integer(s.rows.read),
                     words().integer(s.rows.kept), words().integer(s.rows.already_there),
                     words().integer(s.rows.rejected));
  for (const auto& [kind, n] : s.events) out += fmt::format("  {:<32} {:>10}\n", kind, words().integer(n));
  if (s.first_at && s.last_at) out += fmt::format("from {} to {}\n", *s.first_at, *s.last_at);
  for (const import::Example& e : s.examples)
    out += fmt::format("  rejected: {} line {}{}: {}\n", base_name(e.path), e.line,
                       e.column.empty() ? "" : ", " + e.column, e.reason);
  if (!s.rejects_path.empty()) out += fmt::format("rejected rows are in {}\n", s.rejects_path);
  if (s.state == import::RunState::stopped) out += "stopped; the same command goes on from here\n";
  double rate = s.seconds > 0 ? static_cast<double>(s.rows.read) / s.seconds : 0;
  if (!s.dry_run)
    out +=
        fmt::format("import {}: {} events in {:.1f} s ({} rows/s); take it back with `cairn import --undo {}`\n", s.run,
                    words().integer(s.events_kept), s.seconds, words().integer(static_cast<int64_t>(rate)), s.run);
  output.text(out);
}

}  // namespace

Result<void> run_import(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<ImportAsked>(call.options));
  auto columns = TRY(columns_of(asked.map));
  import::Options options{.preset = asked.preset,
                          .paths = asked.paths,
                          .directory = instance.directory(),
                          .dry_run = asked.dry_run,
                          .source = asked.source,
                          .zone = asked.zone,
                          .currency = asked.currency,
                          .columns = std::move(columns)};
  import::Context context = context_of(instance);
  auto summary = TRY(import::run(context, options, [&](const import::Progress& progress) {
    call.output.progress(progress_line(progress));
    return !call.output.is_cancelled();
  }));
  print_summary(summary, call.output);
  return {};
}

Result<void> run_undo(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<UndoAsked>(call.options));
  import::Context context = context_of(instance);
  auto result = import::undo(context, RunId{asked.run}, instance.directory());
  // Also after half of it: what is gone is gone.
  auto remade = instance.history().remake({});
  auto undone = TRY(std::move(result));
  TRY(std::move(remade));
  call.output.text(fmt::format("import {} is undone: {} events, {} customers and {} identifiers removed\n", undone.run,
                               words().integer(undone.events), words().integer(undone.customers),
                               words().integer(undone.identifiers)));
  return {};
}

Result<void> run_imports(Instance& instance, CommandCall& call) {
  std::vector<import::Run> runs;
  TRY(instance.store().read([&](db::Session& session) -> Result<void> {
    runs = TRY(import::runs(session));
    return {};
  }));
  if (runs.empty()) call.output.text("nothing was imported yet\n");
  for (const import::Run& run : runs)
    call.output.text(fmt::format("{:>4}  {:<8} {:<8} {}  {} rows kept, {} rejected, {} events\n", run.id, run.preset,
                                 json::enum_name(run.state), run.started_at, words().integer(run.rows.kept),
                                 words().integer(run.rows.rejected), words().integer(run.events)));
  return {};
}

}  // namespace cairn::app
