#include "app/command_source.h"

#include "app/commands.h"
#include "events/log_text.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

using ingest::Source;
using ingest::WriteKey;

struct KeyLine {
  std::string source;
  std::string form;
  std::string key;
};
BOOST_DESCRIBE_STRUCT(KeyLine, (), (source, form, key))

Result<Source> named(Instance& instance, std::string_view name) {
  for (const Source& source : instance.ingest().sources().all())
    if (source.name == name) return source;
  return fail(Code::not_found, "there is no source '{}'; `cairn source list` names them", name);
}

void print_key(const SourceAsked& asked, const Source& source, const WriteKey& key, Output& output) {
  KeyLine line{source.name, std::string(json::enum_name(source.form)), key.text};
  if (asked.json) return output.text(json::encode_text(line) + "\n");
  std::string_view once = source.form == ingest::SourceForm::browser ? "" : "\nIt is shown this once; keep it secret.";
  output.text(fmt::format("write key of {} ({}): {}{}\n", line.source, line.form, line.key, once));
}

void print_sources(Instance& instance, const SourceAsked& asked, Output& output) {
  auto sources = instance.ingest().sources().all();
  if (sources.empty() && !asked.json)
    output.text("no source yet: `cairn source add NAME --form browser|server|webhook` makes one\n");
  for (const Source& source : sources) {
    auto keys = instance.ingest().sources().keys_of(source.id);
    if (asked.json) {
      output.text(json::encode_text(source) + "\n");
      continue;
    }
    output.text(fmt::format("{:>4}  {:<20} {:<8} {}{}  {} key{}\n", source.id.value, source.name,
                            json::enum_name(source.form), source.is_trusted ? "trusted" : "not trusted",
                            source.is_closed ? ", closed" : "", keys.size(), keys.size() == 1 ? "" : "s"));
    for (const WriteKey& key : keys)
      if (!key.text.empty()) output.text(fmt::format("      {}\n", key.text));
  }
}

}  // namespace

Result<void> run_source(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<SourceAsked>(call.options));
  auto by = accounts::Actor::operator_of_machine();
  ingest::Sources& sources = instance.ingest().sources();
  if (asked.act == "list") {
    print_sources(instance, asked, call.output);
    return {};
  }
  if (asked.name.empty()) return fail(Code::invalid, "name the source: `cairn source {} NAME`", asked.act);
  if (asked.act == "add") {
    auto form = TRY(json::enum_from<ingest::SourceForm>(asked.form));
    auto made = TRY(sources.add(by, {.name = asked.name, .form = form}));
    print_key(asked, made.source, made.key, call.output);
    return {};
  }
  if (asked.act == "rotate") {
    Source source = TRY(named(instance, asked.name));
    WriteKey key = TRY(sources.rotate(by, source.id, hours(asked.old_keys_live_hours)));
    print_key(asked, source, key, call.output);
    return {};
  }
  if (asked.act == "close") {
    Source source = TRY(named(instance, asked.name));
    TRY(sources.change(by, source.id, {.is_trusted = {}, .is_closed = true}));
    call.output.text(fmt::format("{} is closed: its keys are refused from now on\n", source.name));
    return {};
  }
  return fail(Code::invalid, "'{}' is nothing that can be done to a source; it is list, add, rotate or close",
              asked.act);
}

Result<void> run_log(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<LogAsked>(call.options));
  int64_t left = asked.limit > 0 ? asked.limit : INT64_MAX;
  std::string text;
  auto flush = [&] {
    call.output.text(text);
    text.clear();
  };
  TRY(instance.log().sweep(Seq{asked.after}, [&](const events::LogRow& row) {
    if (asked.json) events::append_json(text, row, instance.log());
    else events::append_line(text, row, instance.log());
    text += '\n';
    if (text.size() > 64 * 1024) flush();
    return --left > 0 && !call.output.is_cancelled();
  }));
  flush();
  return {};
}

}  // namespace cairn::app
