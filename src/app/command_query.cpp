#include "app/command_query.h"

#include <algorithm>
#include <charconv>

#include "app/commands.h"
#include "app/draw_answer.h"
#include "json/codec.h"
#include "query/parser.h"
#include "questions/csv.h"
#include "questions/form.h"

namespace cairn::app {
namespace {

constexpr Duration kLook = milliseconds(100);

/// Asks on another thread, so that this one can show how far it is and hear of a wish to stop.
Result<questions::Answer> ask(Instance& instance, const questions::Asked& asked, Output& output) {
  auto running = std::make_shared<questions::Running>();
  auto done = instance.world().executor.make_signal();
  Result<questions::Answer> out = fail(Code::internal, "not asked");
  auto thread = instance.world().executor.make_queue("query");
  thread->post([&] {
    out = instance.questions().ask(asked, running, questions::kLongest);
    done->set();
  });
  while (!done->wait_for(kLook)) {
    output.progress(running->line());
    if (output.is_cancelled()) running->cancel();
  }
  return out;
}

/// Everything that is in the log by now.
Result<void> catch_up(Instance& instance, Output& output) { return instance.history().catch_up(shows_reading(output)); }

Result<CustomerId> known_as(Instance& instance, std::string_view kind, const std::string& value) {
  CustomerId out;
  TRY(instance.store().read([&](db::Session& session) -> Result<void> {
    auto found = TRY(session.first("people.customer_of", {{"kind", std::string(kind)}, {"value", value}},
                                   [](const db::Row& row) { return CustomerId{row.integer(0)}; }));
    out = found.value_or(CustomerId{});
    return {};
  }));
  return out;
}

/// `1234`, `email=ada@example.com`, `ada@example.com`.
Result<CustomerId> customer_of(Instance& instance, const std::string& text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool is_number = error == std::errc() && end == text.data() + text.size();
  auto version = instance.history().version();
  if (is_number && version && version->find(CustomerId{number})) return CustomerId{number};
  if (size_t equals = text.find('='); equals != text.npos) {
    CustomerId found = TRY(known_as(instance, text.substr(0, equals), text.substr(equals + 1)));
    if (found.is_set()) return found;
  }
  for (std::string_view kind : {"user_id", "email", "phone", "card", "anonymous_id"})
    if (CustomerId found = TRY(known_as(instance, kind, text)); found.is_set()) return found;
  return fail(Code::not_found, "there is no customer '{}'; name them by number, or as email=…, user_id=…", text);
}

DrawOptions draw_options(const QueryAsked& asked, size_t rows) {
  return {static_cast<size_t>(asked.width), asked.colour, rows,
          i18n::parse_language(asked.lang).value_or(i18n::Language::en)};
}

Result<void> explain(Instance& instance, const QueryAsked& asked, Output& output) {
  questions::AskedOfOne one;
  one.text = asked.text;
  one.customer = TRY(customer_of(instance, asked.explain));
  one.as_of = asked.as_of;
  one.as_known = asked.as_known;
  one.explains = true;
  auto answer = TRY(instance.questions().ask_one(one));
  if (asked.json) output.text(questions::to_json(answer) + "\n");
  else output.text(draw_one(answer, TRY(instance.questions().zone()), draw_options(asked, 0)));
  return {};
}

}  // namespace

std::function<bool(uint64_t, uint64_t)> shows_reading(Output& output) {
  return [&output](uint64_t rows, uint64_t of) {
    output.progress(fmt::format("reading the log … {} %", of == 0 ? 100 : std::min<uint64_t>(rows * 100 / of, 100)));
    return !output.is_cancelled();
  };
}

Result<void> run_query(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<QueryAsked>(call.options));
  // What is wrong with a text is said before the log is read.
  if (auto parsed = query::parse(asked.text); !parsed)
    return tl::unexpected(query::to_error(parsed.error(), asked.text));
  TRY(catch_up(instance, call.output));
  if (!asked.explain.empty()) return explain(instance, asked, call.output);
  questions::Asked question{asked.text, asked.as_of, asked.as_known, asked.moments};
  questions::Answer answer = TRY(ask(instance, question, call.output));
  auto rows = static_cast<size_t>(asked.rows);
  if (asked.json) call.output.text(questions::to_json(answer, {0, asked.rows > 0 ? rows : SIZE_MAX}) + "\n");
  else if (asked.csv) {
    const questions::Table* table = asked.table.empty() ? nullptr : answer.find(asked.table);
    if (!asked.table.empty() && !table) return fail(Code::invalid, "the answer has no table '{}'", asked.table);
    if (!table && !answer.tables.empty()) table = &answer.tables[0];
    call.output.text(table ? questions::to_csv(*table, answer.zone) : questions::facts_csv(answer));
  } else {
    call.output.text(draw_answer(answer, draw_options(asked, rows > 0 ? rows : 20)));
  }
  return {};
}

}  // namespace cairn::app
