#include "api/coverage.h"

#include "base/text.h"

namespace cairn::test {
namespace {

struct Asked {
  std::string method;
  std::string path;
};

void add_asked(const Step& step, std::vector<Asked>& out) {
  if (step.kind == Step::Kind::request)
    out.push_back({to_lower(step.method), step.target.substr(0, step.target.find('?'))});
  if (step.kind == Step::Kind::key) out.push_back({"post", "/api/v1/keys"});
  if (step.kind == Step::Kind::as && step.words[0] == "owner") out.push_back({"post", "/api/v1/session"});
}

bool has_braces(std::string_view part) { return part.starts_with("{") && part.ends_with("}"); }

bool matches(std::string_view pattern, std::string_view path) {
  std::vector<std::string_view> wanted = split(pattern, '/'), given = split(path, '/');
  if (wanted.size() != given.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] != given[i] && !has_braces(wanted[i])) return false;
  return true;
}

}  // namespace

Result<std::vector<std::string>> routes_without_scenario(const json::Object& openapi,
                                                         const std::vector<Scenario>& scenarios) {
  std::vector<Asked> asked;
  for (const Scenario& scenario : scenarios)
    for (const Step& step : scenario.steps) add_asked(step, asked);
  const json::Value* paths = json::find(openapi, "paths");
  if (!paths || !paths->is_object()) return fail(Code::invalid, "the document has no paths");
  std::vector<std::string> missing;
  for (const auto& path : paths->as_object()) {
    std::string_view pattern(path.key().data(), path.key().size());
    for (const auto& operation : path.value().as_object()) {
      std::string_view method(operation.key().data(), operation.key().size());
      bool is_asked = std::any_of(asked.begin(), asked.end(),
                                  [&](const Asked& a) { return a.method == method && matches(pattern, a.path); });
      if (!is_asked) missing.push_back(fmt::format("{} {}", method, pattern));
    }
  }
  return missing;
}

}  // namespace cairn::test
