#include "questions/routes.h"

#include <charconv>

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "http/json_body.h"
#include "questions/csv.h"
#include "questions/form.h"
#include "questions/wanted.h"

namespace cairn::questions {
namespace {

using http::Method;
using http::Request;
using http::Response;

struct AskBody {
  std::string text;
  std::string as_of;
  bool as_known = false;
  std::vector<std::string> moments;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(AskBody, (), (text, as_of, as_known, moments))

struct CheckBody {
  std::string text;
  bool must_be_condition = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(CheckBody, (), (text, must_be_condition))

struct OneBody {
  std::string text;
  std::string as_of;
  bool as_known = false;
  bool explain = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(OneBody, (), (text, as_of, as_known, explain))

// ---- what is asked ----

Result<bool> flag(const Request& request, std::string_view name) {
  return TRY(http::query_int(request, name, 0, 0, 1)) == 1;
}

std::string value_of(const Request& request, std::string_view name) {
  return std::string(request.query_value(name).value_or(""));
}

/// A POST says it in its body, a GET in its query.
template <class Body>
Result<Body> read(const Request& request) {
  if (request.method == Method::post) return http::read_body<Body>(request);
  Body out;
  out.text = value_of(request, "q");
  if constexpr (requires { out.as_of; }) {
    out.as_of = value_of(request, "as_of");
    out.as_known = TRY(flag(request, "as_known"));
  }
  if constexpr (requires { out.explain; }) out.explain = TRY(flag(request, "explain"));
  if constexpr (requires { out.must_be_condition; }) out.must_be_condition = TRY(flag(request, "must_be_condition"));
  if constexpr (requires { out.moments; })
    for (const http::Field& field : request.query)
      if (field.name == "moment") out.moments.push_back(field.value);
  return out;
}

Result<Asked> asked_of(const Request& request) {
  auto body = TRY(read<AskBody>(request));
  return Asked{std::move(body.text), std::move(body.as_of), body.as_known, std::move(body.moments),
               accounts::may(request.caller, accounts::kViewCustomers)};
}

Result<int64_t> number(const Request& request, std::string_view name) {
  const std::string& text = request.param(name);
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 1)
    return fail_at(std::string(name), "'{}' is no {}", text, name == "id" ? "customer's id" : "number of a job");
  return out;
}

std::string owner_of(const Request& request) {
  const http::Caller& caller = request.caller;
  return fmt::format("{}/{}/{}", static_cast<int>(caller.kind), caller.user.value, caller.name);
}

// ---- how it is answered ----

bool wants_csv(const Request& request) {
  if (auto format = request.query_value("format")) return *format == "csv";
  auto accept = request.header("accept");
  return accept && accept->find("text/csv") != accept->npos;
}

Result<Page> page_of(const Request& request, bool lists_customers) {
  bool may_export = accounts::may(request.caller, accounts::kExport);
  int64_t most = lists_customers && !may_export ? kCustomersShown : kRowsMax;
  int64_t limit = TRY(http::query_int(request, "limit", std::min(most, kRowsShown), 0, kRowsMax));
  int64_t offset = TRY(http::query_int(request, "offset", 0, 0, INT64_MAX));
  if (limit > most || (most == kCustomersShown && offset > 0))
    return fail(Code::forbidden, "more than the first {} customers of an answer take export_data", kCustomersShown);
  return Page{static_cast<size_t>(offset), static_cast<size_t>(limit)};
}

Result<Response> csv_of(const Answer& answer, const Request& request) {
  std::string name = value_of(request, "table");
  const Table* table = name.empty() ? (answer.tables.empty() ? nullptr : &answer.tables[0]) : answer.find(name);
  if (!name.empty() && name != "facts" && !table) return fail_at("table", "the answer has no table '{}'", name);
  if (table && table->tells_customers() && !accounts::may(request.caller, accounts::kExport))
    return fail(Code::forbidden, "a file of customers takes export_data");
  std::string text = table ? to_csv(*table, answer.zone) : facts_csv(answer);
  return http::download_response(std::move(text), "text/csv; charset=utf-8; header=present", answer.form + ".csv");
}

Result<Response> response_of(const Answer& answer, const Request& request) {
  if (auto format = request.query_value("format"); format && *format != "csv" && *format != "json")
    return fail_at("format", "'{}' is neither json nor csv", *format);
  if (wants_csv(request)) return csv_of(answer, request);
  bool lists = !answer.tables.empty() && answer.tables[0].tells_customers();
  return http::json_response(to_json(answer, TRY(page_of(request, lists))));
}

Result<Response> check(Service& service, const Request& request) {
  auto body = TRY(read<CheckBody>(request));
  return http::json_response(to_json(service.check(body.text, body.must_be_condition), body.text));
}

Result<Response> ask(Service& service, const Request& request, const std::shared_ptr<Running>& running) {
  Asked asked = TRY(asked_of(request));
  return response_of(TRY(service.ask(asked, running)), request);
}

Result<Response> ask_one(Service& service, const Request& request, const std::shared_ptr<Running>& running) {
  auto body = TRY(read<OneBody>(request));
  CustomerId customer{0};
  customer.value = TRY(number(request, "id"));
  AskedOfOne asked{std::move(body.text), customer, std::move(body.as_of), body.as_known, body.explain, true};
  return http::json_response(to_json(TRY(service.ask_one(asked, running))));
}

// ---- jobs ----

struct Started {
  int64_t job = 0;
};
BOOST_DESCRIBE_STRUCT(Started, (), (job))

struct Standing {
  int64_t job = 0;
  Running::Stage stage = Running::Stage::waiting;
  std::string reading;
  uint64_t done = 0, total = 0;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (job, stage, reading, done, total))

Result<Response> start(Service& service, Jobs& jobs, const Request& request) {
  Asked asked = TRY(asked_of(request));
  // What is wrong with the text is said at once.
  if (auto checked = service.check(asked.text); !checked) {
    Error error = query::to_error(checked.error(), asked.text);
    error.field = "text";
    return tl::unexpected(std::move(error));
  }
  return http::accepted_response(json::encode_text(Started{TRY(jobs.start(std::move(asked), owner_of(request)))}));
}

/// 202 with how far it is, then what an ask would have answered.
Result<Response> look(Jobs& jobs, const Request& request) {
  int64_t job = TRY(number(request, "job"));
  auto found = TRY(jobs.look(job, owner_of(request)));
  if (!found.answer)
    return http::accepted_response(
        json::encode_text(Standing{job, found.state.stage, found.state.reading, found.state.done, found.state.total}));
  if (!*found.answer) return tl::unexpected(found.answer->error());
  return response_of(**found.answer, request);
}

Result<Response> cancel(Jobs& jobs, const Request& request) {
  int64_t job = TRY(number(request, "job"));
  TRY(jobs.cancel(job, owner_of(request)));
  return http::empty_response();
}

// ---- the table ----

constexpr std::string_view kAskSchema = R"({"type":"object","required":["text"],"properties":{
"text":{"type":"string","description":"A question, or an expression that is asked of everybody"},
"as_of":{"type":"string","description":"A time, in the brand's zone unless it has an offset"},
"as_known":{"type":"boolean"},
"moments":{"type":"array","items":{"type":"string"},"description":"Of a condition: how many at these moments"}}})";
constexpr std::string_view kCheckSchema = R"({"type":"object","required":["text"],"properties":{
"text":{"type":"string"},"must_be_condition":{"type":"boolean"}}})";
constexpr std::string_view kOneSchema = R"({"type":"object","required":["text"],"properties":{
"text":{"type":"string","description":"An expression"},"as_of":{"type":"string"},"as_known":{"type":"boolean"},
"explain":{"type":"boolean"}}})";

std::vector<http::QueryDoc> with_form(std::vector<http::QueryDoc> docs) {
  docs.insert(docs.end(), {{"format", "json or csv; else as Accept says"},
                           {"table", "Of csv: which table; the first unless said, or facts"},
                           {"limit", "Of json: rows of each table, 0 to 10,000; 1,000 unless said", "integer"},
                           {"offset", "Of json: rows passed over", "integer"}});
  return docs;
}

/// The same by GET, with the text in the query, and by POST.
void add_both(std::vector<http::Route>& out, http::Route route, std::vector<http::QueryDoc> in_query,
              std::vector<http::QueryDoc> in_both, std::string_view schema) {
  http::Route get = route;
  get.method = Method::get;
  get.query = std::move(in_query);
  get.query.insert(get.query.end(), in_both.begin(), in_both.end());
  route.method = Method::post;
  route.query = std::move(in_both);
  route.request_schema = schema;
  out.push_back(std::move(get));
  out.push_back(std::move(route));
}

std::vector<http::Route> ask_routes(Service& service) {
  std::vector<http::QueryDoc> asked = {{"q", "The text", "string", true},
                                       {"as_of", "A time, in the brand's zone unless it has an offset"},
                                       {"as_known", "1: what was learnt later is hidden, too", "integer"}};
  std::vector<http::QueryDoc> of_all = asked, of_one = asked;
  of_all.push_back({"moment", "Of a condition: how many at this moment; may be repeated"});
  of_one.push_back({"explain", "1: the value of every part, and the events that made it", "integer"});
  std::vector<http::Route> out;
  add_both(out,
           {.path = "/api/v1/query/check",
            .permission = accounts::kAskQuestions,
            .summary = "Whether a text is right: its canonical form, type and what it depends on, or its problems",
            .handler = http::answer([&service](const Request& r) { return check(service, r); })},
           {{"q", "The text", "string", true}, {"must_be_condition", "1: else it is a problem", "integer"}}, {},
           kCheckSchema);
  add_both(
      out,
      {.path = "/api/v1/query/ask",
       .permission = accounts::kAskQuestions,
       .lane = http::Lane::long_questions,
       .summary = "Asks a question, or an expression of everybody; answers within 30 seconds or not at all",
       .description = "Lists of customers and personal properties take view_customers, whole lists export_data.",
       .handler = while_wanted([&service](const Request& r, const auto& running) { return ask(service, r, running); })},
      of_all, with_form({}), kAskSchema);
  add_both(out,
           {.path = "/api/v1/query/customers/{id}",
            .permission = accounts::kViewCustomers,
            .lane = http::Lane::long_questions,
            .summary = "The value of an expression for one customer, until when it holds, and why",
            .handler = while_wanted(
                [&service](const Request& r, const auto& running) { return ask_one(service, r, running); })},
           of_one, {}, kOneSchema);
  return out;
}

}  // namespace

std::vector<http::Route> routes(Service& service, Jobs& jobs) {
  std::vector<http::Route> out = ask_routes(service);
  out.push_back({.method = Method::post,
                 .path = "/api/v1/query/jobs",
                 .permission = accounts::kAskQuestions,
                 .summary = "Begins a question that may take up to 15 minutes",
                 .request_schema = kAskSchema,
                 .handler = http::answer([&](const Request& r) { return start(service, jobs, r); })});
  out.push_back({.method = Method::get,
                 .path = "/api/v1/query/jobs/{job}",
                 .permission = accounts::kAskQuestions,
                 .summary = "202 and how far it is, then 200 and the answer; look at least once a minute",
                 .query = with_form({}),
                 .handler = http::answer([&jobs](const Request& r) { return look(jobs, r); })});
  out.push_back({.method = Method::delete_,
                 .path = "/api/v1/query/jobs/{job}",
                 .permission = accounts::kAskQuestions,
                 .summary = "Cancels a question, or forgets its answer",
                 .handler = http::answer([&jobs](const Request& r) { return cancel(jobs, r); })});
  out.push_back({.method = Method::get,
                 .path = "/api/v1/query/catalogue",
                 .permission = accounts::kAskQuestions,
                 .summary = "Kinds with their properties, entities, attributes, segments: what a query may name",
                 .handler = http::answer([&service](const Request&) -> Result<Response> {
                   return http::json_response(catalogue_json(*service.catalogue(), service.segment_names()));
                 })});
  out.push_back(
      {.method = Method::get,
       .path = "/api/v1/query/words",
       .permission = accounts::kAskQuestions,
       .summary = "The words of the language with their types and worked examples",
       .handler = http::answer([](const Request&) -> Result<Response> { return http::json_response(words_json()); })});
  return out;
}

}  // namespace cairn::questions
