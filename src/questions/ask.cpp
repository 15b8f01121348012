// Questions of everybody.
#include "engine/ask.h"

#include "query/printer.h"
#include "questions/service_state.h"
#include "questions/tabulate.h"

namespace cairn::questions {
namespace {

using query::Checked;
using query::Word;

/// One question on its way.
class Inquiry {
 public:
  Inquiry(Service::State& state, const Asked& asked, Running& running)
      : s_(state), asked_(asked), running_(running), set_(state.segments()), now_(state.world.clock.now()) {}

  Result<Answer> run() {
    Checked checked = TRY(s_.checked(asked_.text, *set_));
    TRY(check_asked(checked));
    base_ = query::print(checked.query);
    out_.type = checked.query.question() ? query::Type{} : checked.type();
    out_.form = form_of(checked);
    if (!checked.query.question()) base_ = fmt::format("{}({})", is_condition() ? "select" : "values", base_);
    auto first_version = TRY(s_.version());
    out_.zone = first_version->schema().reading().zone;
    std::string text = TRY(with_moment(base_, asked_.as_of, asked_.as_known, out_.zone));
    auto ready = TRY(s_.ready(TRY(s_.checked(text, *set_)), *set_, running_));
    version_ = ready.version;
    out_.text = checked.query.question() ? query::print(ready.plan->checked->query) : query::print(checked.query);
    out_.last = version_->last();
    engine::Look look = engine::look_of(*ready.plan, now_);
    out_.as_of = look.t;
    out_.as_known = look.as_known;
    TRY(answer(*ready.plan));
    TRY(moments());
    return std::move(out_);
  }

 private:
  bool is_condition() const { return out_.form == "condition"; }

  static std::string form_of(const Checked& checked) {
    if (checked.query.question()) return std::string(query::info(checked.query.question()->word).name);
    return checked.type().base == query::BaseType::boolean ? "condition" : "expression";
  }

  Result<void> check_asked(const Checked& checked) {
    const auto& question = checked.query.question();
    if (question && question->as_of != query::kNoNode && (!asked_.as_of.empty() || asked_.as_known))
      return fail_at("as_of", "the question names its moment itself; take one of the two away");
    if (!asked_.moments.empty() && form_of(checked) != "condition" && (!question || question->word != Word::select))
      return fail_at("moments", "past moments are counted for a condition or a select");
    if (!asked_.moments.empty() && question && question->as_of != query::kNoNode)
      return fail_at("moments", "the question names its moment itself; take it away to ask of several");
    if (asked_.moments.size() > kMomentsMax)
      return fail_at("moments", "{} moments; at most {} at once", asked_.moments.size(), kMomentsMax);
    if (!asked_.sees_customers && question && question->word == Word::values)
      return fail(Code::forbidden, "values are told customer by customer; it takes view_customers");
    return check_personal(checked, *s_.history.catalogue(), asked_.sees_customers);
  }

  engine::Ask ask() {
    running_.begin_asking(version_->customers());
    return {*version_, s_.world.executor, now_, &running_.progress()};
  }

  Result<void> answer(const engine::Plan& plan) {
    const Checked& checked = *plan.checked;
    if (out_.form == "expression") {
      put_distribution(out_, out_.type, TRY(engine::values(plan, ask())));
      if (!asked_.sees_customers) hide_texts();
      return {};
    }
    switch (plan.question->word) {
      case Word::select: return selected(plan);
      case Word::values: put_values(out_, checked, TRY(engine::values(plan, ask()))); break;
      case Word::series: put_series(out_, checked, TRY(engine::series(plan, ask()))); break;
      case Word::funnel: put_funnel(out_, checked, TRY(engine::funnel(plan, ask()))); break;
      case Word::retention: put_retention(out_, checked, TRY(engine::retention(plan, ask()))); break;
      case Word::paths: put_paths(out_, checked, TRY(engine::paths(plan, ask()))); break;
      default: put_transitions(out_, TRY(engine::transitions(plan, ask()))); break;
    }
    return {};
  }

  Result<void> selected(const engine::Plan& plan) {
    engine::Selected found = TRY(engine::select(plan, ask()));
    put_selected(out_, found, TRY(everybody(asked_.as_of, *plan.checked)));
    if (!asked_.sees_customers) out_.tables.clear();
    return {};
  }

  /// How many customers there were at the moment of the question.
  Result<uint64_t> everybody(std::string_view as_of, const Checked& checked) {
    std::string text = "select(true)";
    const query::Question& q = *checked.query.question();
    if (q.as_of != query::kNoNode)
      text += fmt::format(" {} {}", q.as_known ? "as known at" : "as of", query::print(checked.query, q.as_of));
    else text = TRY(with_moment(std::move(text), as_of, asked_.as_known, out_.zone));
    return TRY(select(text)).count();
  }

  Result<engine::Selected> select(const std::string& text) {
    auto plan = TRY(s_.plan(TRY(s_.checked(text, *set_)), *set_, *version_));
    return engine::select(*plan, ask());
  }

  Result<void> moments() {
    if (asked_.moments.empty()) return {};
    Column count{"customers", query::BaseType::number, Unit::count}, of = count;
    of.name = "of";
    Table table{"moments", {{"as_of", query::BaseType::time}, count, of}, {}, {}};
    for (const std::string& moment : asked_.moments) {
      auto at = parse_moment(moment, out_.zone);
      if (!at) return fail_at("moments", "{}", at.error().message);
      uint64_t found = TRY(select(TRY(with_moment(base_, moment, asked_.as_known, out_.zone)))).count();
      uint64_t all = TRY(select(TRY(with_moment("select(true)", moment, asked_.as_known, out_.zone)))).count();
      table.rows.push_back({query::Value(*at), query::Value(double(found)), query::Value(double(all))});
    }
    out_.tables.push_back(std::move(table));
    return {};
  }

  /// What a customer wrote is not told one by one to who sees nobody: counts alone.
  void hide_texts() {
    if (out_.type.base == query::BaseType::any) out_.tables.clear();
  }

  Service::State& s_;
  const Asked& asked_;
  Running& running_;
  std::shared_ptr<const Segments> set_;
  Time now_;
  VersionPtr version_;
  std::string base_;  ///< The question without the moment that was asked beside it.
  Answer out_;
};

}  // namespace

Result<Answer> Service::ask(const Asked& asked, const std::shared_ptr<Running>& running, Duration limit) {
  return within(*state_, running, limit, [&] { return Inquiry(*state_, asked, *running).run(); });
}

}  // namespace cairn::questions
