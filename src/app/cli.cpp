#include "app/cli.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/command.h"
#include "app/commands.h"
#include "app/remote.h"
#include "app/restore.h"
#include "app/serve.h"
#include "app/terminal.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/version.h"
#include "crypto/secret.h"
#include "http/client.h"
#include "json/codec.h"
#include "questions/compose.h"

namespace cairn::app {
namespace {

/// What was typed, before it is known which command it belongs to.
struct Typed {
  std::string directory = "cairn-data";
  std::string store_url;
  std::string lang;
  ImportAsked import;
  int64_t undo = 0;
  bool list_runs = false;
  ReportAsked report;
  DemoAsked demo;
  DoctorAsked doctor;
  BackupAsked backup;
  BrandAsked brand;
  SourceAsked source;
  IdentityAsked identity;
  SegmentAsked segment;
  CustomerAsked customer;
  ConsentAsked consent;
  EraseAsked erase;
  ExportPersonAsked export_person;
  LogAsked log;
  QueryAsked query;
  questions::Parts parts;
  std::string restore_from;
  ServeOptions serve;
  bool no_link = false;
};

std::string absolute(const std::string& path) {
  // A server has another working directory than whoever asks it.
  return path.empty() || path.front() == '/' ? path : join_path(environment("PWD"), path);
}

Result<void> run_here(World& world, const Typed& typed, const Command& command, CommandCall call) {
  auto instance = TRY(Instance::open(world, {typed.directory, typed.store_url, command.creates}));
  return command.run(*instance, call);
}

bool keeps_events(World& world, const Typed& typed) {
  auto instance = Instance::open(world, {typed.directory, typed.store_url, false});
  return instance && (*instance)->log().last().is_set();
}

/// Here, or in the server that has the directory.
Result<void> run_command(const Typed& typed, std::string_view name, json::Object options) {
  const Command* command = find_command(name);
  World world = system_world();
  Terminal terminal;
  if (http::is_served(socket_of(typed.directory))) {
    if (!command->runs_in_server)
      return fail(Code::conflict, "a server serves {}; stop it first, or choose another --data directory",
                  typed.directory);
    return run_in_server(world, typed.directory, name, std::move(options), terminal);
  }
  bool is_new = !world.files.exists(typed.directory);
  auto done = run_here(world, typed, *command, {std::move(options), terminal});
  // A command that failed before it kept anything leaves no directory behind either.
  if (!done && is_new && !keeps_events(world, typed)) (void)world.files.remove_all(typed.directory);
  return done;
}

template <class T>
Result<void> run_command(const Typed& typed, std::string_view name, const T& asked) {
  return run_command(typed, name, json::encode(asked).as_object());
}

Result<void> run_import(Typed& typed) {
  if (typed.list_runs) return run_command(typed, "imports", json::Object());
  if (typed.undo) return run_command(typed, "undo", UndoAsked{typed.undo});
  if (typed.import.preset.empty())
    return fail(Code::invalid, "say what to import: `cairn import olist|cdnow|events PATH…`, or --undo ID, or --list");
  if (typed.import.paths.empty())
    return fail(Code::invalid, "say which files: `cairn import {} PATH…`", typed.import.preset);
  for (std::string& path : typed.import.paths) path = absolute(path);
  return run_command(typed, "import", typed.import);
}

Result<std::string> language_of(const Typed& typed) {
  return std::string(json::enum_name(typed.lang.empty() ? terminal_language() : TRY(i18n::parse_language(typed.lang))));
}

void add_language(CLI::App& c, Typed& typed) {
  c.add_option("--lang", typed.lang, "en or fr (default: the terminal's)");
}

/// A command that draws for people.
template <class Asked>
Result<void> run_drawing(Typed& typed, const char* name, Asked& asked) {
  asked.lang = TRY(language_of(typed));
  asked.width = Terminal().width();
  return run_command(typed, name, asked);
}

Result<void> run_report(Typed& typed) {
  typed.report.colour = Terminal().is_colourful();
  return run_drawing(typed, "report", typed.report);
}

Result<void> run_query(Typed& typed) {
  if (typed.query.json && typed.query.csv) return fail(Code::invalid, "one of --json and --csv");
  typed.query.colour = Terminal().is_colourful();
  return run_drawing(typed, "query", typed.query);
}

Result<void> run_ask(Typed& typed) {
  typed.query.text = TRY(questions::compose(typed.parts));
  return run_query(typed);
}

Result<void> run_serve(Typed& typed) {
  if (http::is_served(socket_of(typed.directory)))
    return fail(Code::conflict, "another server serves {} already; stop it first, or choose another --data directory",
                typed.directory);
  typed.serve.prints_link = !typed.no_link;
  return serve(system_world(), {typed.directory, typed.store_url, true}, typed.serve);
}

void add_data_options(CLI::App& command, Typed& typed) {
  command.add_option("--data", typed.directory, "The data directory (CAIRN_DATA)")
      ->type_name("DIR")
      ->capture_default_str();
  command.add_option("--store", typed.store_url, "postgres://… instead of SQLite in the directory (CAIRN_STORE)")
      ->type_name("URL");
}

using Run = std::function<Result<void>(Typed&)>;

CLI::App* add(CLI::App& app, Typed& typed, const char* name, const char* what, Run& chosen, const Run& run) {
  CLI::App* command = app.add_subcommand(name, what);
  add_data_options(*command, typed);
  command->callback([&chosen, run] { chosen = run; });
  return command;
}

void add_import(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "import", "Take in files of a shop", chosen, run_import);
  c->add_option("preset", typed.import.preset, "olist, cdnow, or events (CSV, JSON lines)");
  c->add_option("paths", typed.import.paths, "Files, or a directory of them");
  c->add_flag("--dry-run", typed.import.dry_run, "Say what would be kept and rejected; write nothing");
  c->add_option("--source", typed.import.source, "The name of the source (default: the preset's)");
  c->add_option("--zone", typed.import.zone, "The time zone of times without one");
  c->add_option("--currency", typed.import.currency, "The currency of amounts without one");
  c->add_option("--map", typed.import.map, "For events: this column holds this field")->type_name("COLUMN=FIELD");
  c->add_option("--undo", typed.undo, "Take an import back")->type_name("ID");
  c->add_flag("--list", typed.list_runs, "What was imported so far");
}

void add_report(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "report", "Where the brand stands on the pyramid", chosen, run_report);
  c->add_flag("--json", typed.report.json, "For machines");
  c->add_option("--since", typed.report.since, "From this day or moment on");
  c->add_option("--until", typed.report.until, "Up to this day or moment");
  add_language(*c, typed);
}

/// What `query` and `ask` have in common.
void add_query_options(CLI::App& c, Typed& typed) {
  c.add_option("--as-of", typed.query.as_of, "As it was at this moment (default: now)")->type_name("TIME");
  c.add_flag("--as-known", typed.query.as_known, "Hide what was learnt after that moment, too");
  c.add_option("--at", typed.query.moments, "Of a condition: how many at this moment; may be repeated")
      ->type_name("TIME")
      ->allow_extra_args(false);
  c.add_flag("--json", typed.query.json, "For machines");
  c.add_flag("--csv", typed.query.csv, "For spreadsheets");
  c.add_option("--table", typed.query.table, "Of --csv: which table of the answer (default: the first)");
  c.add_option("--rows", typed.query.rows, "So many rows of a table at most")->check(CLI::Range(1, 1'000'000));
  add_language(c, typed);
}

void add_query(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "query", "Ask an expression of everybody, or a whole question", chosen, run_query);
  c->add_option("text", typed.query.text, "Like 'count(orders) >= 2', or 'funnel(a then b)'")->required();
  c->add_option("--explain", typed.query.explain, "Why it is so for this customer: a number, or email=…")
      ->type_name("CUSTOMER");
  add_query_options(*c, typed);
}

void add_ask(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "ask", "Ask a question that is put together from options", chosen, run_ask);
  questions::Parts& parts = typed.parts;
  c->add_option("question", parts.form, "select, values, series, funnel, retention, paths or transitions")->required();
  c->add_option("what", parts.what, "A condition, expressions, an aggregate, or steps: 'a then b then c'");
  c->add_option("--by", parts.by, "Break down by this: month, channel, customer.country …; may be repeated")
      ->allow_extra_args(false);
  c->add_option("--within", parts.within, "All steps within this: '7 days'");
  c->add_option("--on", parts.on, "funnel: all steps of the same thing, like order_id");
  c->add_option("--every", parts.every, "retention: periods of this length from each customer's start: '30 days'");
  c->add_option("--from", parts.from, "paths: what came after the first such event")->type_name("EVENT");
  c->add_option("--to", parts.to, "paths: what came before the last such event")->type_name("EVENT");
  c->add_option("--depth", parts.depth, "paths: so many events");
  c->add_option("--for", parts.customers, "Only customers of whom this is true")->type_name("CONDITION");
  c->add_option("--last", parts.last, "Events of the last '90 days'")->type_name("DURATION");
  c->add_option("--since", parts.since, "Events from this moment on")->type_name("TIME");
  c->add_option("--until", parts.until, "Events before this moment")->type_name("TIME");
  c->add_option("--period", parts.period, "Events of 'today', 'this week', 'this month', 'this year'");
  add_query_options(*c, typed);
}

void add_demo(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "demo", "Make a demo shop in a new directory", chosen,
                    [](Typed& t) { return run_command(t, "demo", t.demo); });
  c->add_option("--customers", typed.demo.customers, "How many people come along")->capture_default_str();
  c->add_option("--months", typed.demo.months, "How long the shop has been open")->capture_default_str();
  c->add_option("--seed", typed.demo.seed, "The same seed makes the same shop")->capture_default_str();
  c->add_option("--until", typed.demo.until, "The shop's last day (default: today)");
}

void add_serve(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "serve", "Serve the pages and the API", chosen, run_serve);
  c->add_option("--address", typed.serve.address, "The address to listen on")->capture_default_str();
  c->add_option("--port", typed.serve.port, "The port; 0 takes a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  c->add_option("--public-url", typed.serve.public_url, "What people type to come here, when a proxy stands in front");
  c->add_option("--host", typed.serve.hosts, "Answer for these host names only");
  c->add_option("--trusted-proxy", typed.serve.trusted_proxies, "Believe X-Forwarded-For and -Proto of this address");
  c->add_flag("--no-link", typed.no_link, "Do not make and print a sign-in link");
}

void add_brand(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "brand", "The brand's name, currency, time zone and first weekday", chosen,
                    [](Typed& t) { return run_command(t, "brand", t.brand); });
  c->add_option("--name", typed.brand.name, "What the pages call it");
  c->add_option("--currency", typed.brand.currency, "ISO 4217, e.g. EUR");
  c->add_option("--zone", typed.brand.zone, "IANA name, e.g. Europe/Paris");
  c->add_option("--country", typed.brand.country, "ISO 3166, e.g. FR: whose telephone numbers have no calling code");
  c->add_option("--first-weekday", typed.brand.first_weekday, "Where weeks begin: monday unless said");
}

void add_sources(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "source", "Where live events come from, and their write keys", chosen, [](Typed& t) {
    if (t.source.act.empty()) t.source.act = "list";
    return run_command(t, "source", t.source);
  });
  c->add_option("act", typed.source.act, "list, add, rotate or close")->type_name("WHAT");
  c->add_option("name", typed.source.name, "The source's name");
  c->add_option("--form", typed.source.form, "browser, server or webhook")->capture_default_str();
  c->add_option("--old-keys-live", typed.source.old_keys_live_hours, "rotate: hours that the keys before go on")
      ->capture_default_str();
  c->add_flag("--json", typed.source.json, "For machines");
}

void add_identity(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c =
      add(app, typed, "identity", "Who is one person: rules, merges, and taking them back", chosen, [](Typed& t) {
        if (t.identity.act.empty()) t.identity.act = "rules";
        return run_command(t, "identity", t.identity);
      });
  c->add_option("act", typed.identity.act, "rules, what-if, merge or unmerge")->type_name("WHAT");
  c->add_option("first", typed.identity.first, "merge: who is merged; unmerge: the merge");
  c->add_option("second", typed.identity.second, "merge: whose id remains");
  c->add_option("--rules", typed.identity.rules,
                "rules: sets them from this file; what-if: tries them over all events");
  c->add_option("--reason", typed.identity.reason, "merge, unmerge: kept as the evidence");
  c->add_flag("--json", typed.identity.json, "For machines");
}

void add_segments(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "segment", "Living segments: saved conditions and who is in them", chosen,
                    [](Typed& t) -> Result<void> {
                      if (t.segment.act.empty()) t.segment.act = "list";
                      t.segment.lang = TRY(language_of(t));
                      return run_command(t, "segment", t.segment);
                    });
  c->add_option("act", typed.segment.act, "list, presets, add, show, refresh, freeze or remove")->type_name("WHAT");
  c->add_option("name", typed.segment.name, "The segment's name");
  c->add_option("condition", typed.segment.text, "add: like 'count(orders) >= 2'");
  c->add_option("--preset", typed.segment.preset,
                "add, refresh: one of `cairn segment presets`, instead of a condition");
  c->add_option("--description", typed.segment.description, "add: what it is for");
  add_language(*c, typed);
  c->add_flag("--json", typed.segment.json, "For machines");
}

void add_rights(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* erase = add(app, typed, "erase", "Erase a customer for good; totals stay what they are", chosen,
                        [](Typed& t) -> Result<void> {
                          t.erase.lang = TRY(language_of(t));
                          return run_command(t, "erase", t.erase);
                        });
  erase->add_option("customer", typed.erase.customer, "The customer's number")->required();
  erase->add_flag("--dry-run", typed.erase.dry_run, "Only say what would be erased");
  erase->add_flag("--json", typed.erase.json, "For machines");
  add_language(*erase, typed);
  CLI::App* out = add(app, typed, "export-person", "Everything known about a customer, for them", chosen,
                      [](Typed& t) -> Result<void> {
                        t.export_person.lang = TRY(language_of(t));
                        return run_command(t, "export-person", t.export_person);
                      });
  out->add_option("customer", typed.export_person.customer, "The customer's number")->required();
  out->add_flag("--page", typed.export_person.page, "A page to read and send, instead of JSON");
  add_language(*out, typed);
}

void add_customers(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "customer", "Everything known about one customer, and finding them", chosen,
                    [](Typed& t) { return run_drawing(t, "customer", t.customer); });
  c->add_option("act", typed.customer.act, "show or find")->type_name("WHAT")->required();
  c->add_option("text", typed.customer.text, "A number, e-mail, telephone, card, order, name, or email=…")->required();
  add_language(*c, typed);
  c->add_flag("--json", typed.customer.json, "For machines");
}

void add_consent(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "consent", "What customers allow, and the links to their own page", chosen,
                    [](Typed& t) { return run_drawing(t, "consent", t.consent); });
  ConsentAsked& asked = typed.consent;
  c->add_option("act", asked.act, "show, say, link, revoke or texts")->type_name("WHAT")->required();
  c->add_option("who", asked.first, "A customer, as for `cairn customer`; texts: the purpose of a new one");
  c->add_option("purpose", asked.purpose, "say: email, sms, push, phone, personalisation, profiling or analytics");
  c->add_option("state", asked.state, "say: granted, denied or withdrawn");
  c->add_option("--at", asked.at, "say: when it was said, when that is not now");
  c->add_option("--source", asked.source, "say: where, as 'checkout' or 'call'; never a person");
  c->add_option("--note", asked.note, "say: what proves it, as 'paper form 12'");
  c->add_option("--text", asked.text_version, "say: the version of the text that they had before them");
  c->add_option("--days", asked.days, "link: so long it works; without it, until it is revoked");
  c->add_option("--en", asked.en, "texts: the new one in English");
  c->add_option("--fr", asked.fr, "texts: and in French");
  add_language(*c, typed);
  c->add_flag("--json", asked.json, "For machines");
}

void add_log(CLI::App& app, Typed& typed, Run& chosen) {
  CLI::App* c = add(app, typed, "log", "The log's rows, a line each", chosen,
                    [](Typed& t) { return run_command(t, "log", t.log); });
  c->add_option("--after", typed.log.after, "Rows behind this number")->capture_default_str();
  c->add_option("--limit", typed.log.limit, "So many at most; 0: all")->capture_default_str();
  c->add_flag("--json", typed.log.json, "One JSON object a line");
}

void add_keeping(CLI::App& app, Typed& typed, Run& chosen) {
  add(app, typed, "owner-link", "A new one-time link for the owner", chosen,
      [](Typed& t) { return run_command(t, "owner-link", json::Object()); });
  add(app, typed, "backup", "Copy the store while it runs", chosen,
      [](Typed& t) {
        t.backup.path = absolute(t.backup.path);
        return run_command(t, "backup", t.backup);
      })
      ->add_option("file", typed.backup.path, "The file to write; it must not exist")
      ->required();
  add(app, typed, "restore", "Put a backup in a new directory", chosen,
      [](Typed& t) {
        World world = system_world();
        return restore(world, t.restore_from, t.directory);
      })
      ->add_option("file", typed.restore_from, "The backup")
      ->required();
  add(app, typed, "doctor", "Check that what is derived equals what it is derived from", chosen, [](Typed& t) {
    return run_command(t, "doctor", t.doctor);
  })->add_flag("--json", typed.doctor.json, "For machines");
}

/// Nothing when the first word is a command, or an option.
std::optional<std::string> unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return std::nullopt;
  std::string_view meant = nearest(argv[1], {names.begin(), names.end()});
  std::string hint =
      meant.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : fmt::format("did you mean '{}'?", meant);
  return fmt::format("there is no command '{}'; {} (see `cairn --help`)", argv[1], hint);
}

/// What CLI11 says, in one line that says what to do.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  for (char& c : text)
    if (c == '\n') c = ' ';
  std::string command = app.get_subcommands().empty() ? "" : " " + app.get_subcommands().front()->get_name();
  print_error(fmt::format("{} (see `cairn{} --help`)", text, command));
  return 2;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  Typed typed;
  Run chosen;
  if (std::string dir = environment("CAIRN_DATA"); !dir.empty()) typed.directory = dir;
  typed.store_url = environment("CAIRN_STORE");
  CLI::App app{"Cairn, the customer-experience engine", "cairn"};
  app.set_version_flag("--version", "cairn " + version());
  app.require_subcommand(1);
  add_import(app, typed, chosen);
  add_report(app, typed, chosen);
  add_query(app, typed, chosen);
  add_ask(app, typed, chosen);
  add_demo(app, typed, chosen);
  add_serve(app, typed, chosen);
  add_brand(app, typed, chosen);
  add_sources(app, typed, chosen);
  add_identity(app, typed, chosen);
  add_segments(app, typed, chosen);
  add_customers(app, typed, chosen);
  add_consent(app, typed, chosen);
  add_rights(app, typed, chosen);
  add_log(app, typed, chosen);
  add_keeping(app, typed, chosen);
  if (auto error = unknown_command(app, argc, argv)) {
    print_error(*error);
    return 2;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error);
  }
  catch_stop_signals();
  crypto::init();
  if (auto done = chosen(typed); !done) {
    print_error(done.error().message);
    return 1;
  }
  return 0;
}

}  // namespace cairn::app
