#include "http/router.h"

#include <array>
#include <deque>
#include <map>

#include "base/check.h"
#include "base/text.h"

namespace cairn::http {
namespace {

constexpr int kMethods = 7;

struct Row {
  Route route;
  ErrorForm errors;
};
using Rows = std::array<const Row*, kMethods>;

bool has_any(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row* row) { return row != nullptr; });
}

const Row* row_for(const Rows& rows, Method method) {
  const Row* row = rows[static_cast<size_t>(method)];
  if (!row && method == Method::head) row = rows[static_cast<size_t>(Method::get)];
  return row;
}

void check_route(const Route& route) {
  CHECK(!route.permission.empty(), "route {} has no permission", route.path);
  CHECK(route.path.starts_with("/"), "route {} must start with /", route.path);
  CHECK(route.handler != nullptr, "route {} has no handler", route.path);
}

bool is_param(std::string_view part) { return part.size() > 2 && part.front() == '{' && part.back() == '}'; }

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::unique_ptr<Node> param;
  std::string param_name;
  Rows here{};
  Rows rest{};  ///< Of a trailing `*`.
};

struct Router::Table {
  static Node& child_of(Node& node, std::string_view part, std::string_view path);

  std::deque<Row> rows;
  Node root;
};

namespace {

std::string allowed_by(const std::array<bool, kMethods>& has) {
  std::string out;
  for (int i = 0; i < kMethods; ++i) {
    if (!has[static_cast<size_t>(i)]) continue;
    if (!out.empty()) out += ", ";
    out += method_name(static_cast<Method>(i));
  }
  return out;
}

/// One walk down the tree. Nodes that match but lack the method leave their methods in `has`.
template <class Node>
class Walk {
 public:
  Walk(Method method, const std::vector<std::string>& parts) : method_(method), parts_(parts) {}

  const Row* go(const Node& node, size_t depth) {
    if (depth == parts_.size()) {
      if (const Row* row = try_rows(node.here)) return row;
    } else if (const Row* row = go_down(node, depth)) {
      return row;
    }
    const Row* row = is_exact_ ? nullptr : row_for(node.rest, method_);
    if (row) params.push_back({"*", rest_from(depth)});
    return row;
  }

  std::vector<Field> params;
  std::array<bool, kMethods> has{};

 private:
  const Row* go_down(const Node& node, size_t depth) {
    const std::string& part = parts_[depth];
    if (auto child = node.children.find(part); child != node.children.end())
      if (const Row* row = go(*child->second, depth + 1)) return row;
    if (!node.param || part.empty()) return nullptr;
    size_t before = params.size();
    params.push_back({node.param_name, part});
    if (const Row* row = go(*node.param, depth + 1)) return row;
    params.resize(before);
    return nullptr;
  }

  const Row* try_rows(const Rows& rows) {
    if (const Row* row = row_for(rows, method_)) return row;
    if (!has_any(rows)) return nullptr;
    is_exact_ = true;
    for (size_t i = 0; i < kMethods; ++i) has[i] |= row_for(rows, static_cast<Method>(i)) != nullptr;
    has[static_cast<size_t>(Method::options)] = true;
    return nullptr;
  }

  std::string rest_from(size_t depth) const {
    std::string rest;
    for (size_t i = depth; i < parts_.size(); ++i) rest += (i > depth ? "/" : "") + parts_[i];
    return rest;
  }

  Method method_;
  const std::vector<std::string>& parts_;
  bool is_exact_ = false;
};

}  // namespace

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Router::Node& Router::Table::child_of(Node& node, std::string_view part, std::string_view path) {
  if (!is_param(part)) {
    bool is_last = part.data() + part.size() == path.data() + path.size();  // may be empty: `/v1/import/`
    CHECK((!part.empty() || is_last) && part.find_first_of("{}*%?#") == std::string_view::npos, "{}: bad part \"{}\"",
          path, part);
    std::unique_ptr<Node>& child = node.children[std::string(part)];
    if (!child) child = std::make_unique<Node>();
    return *child;
  }
  std::string_view name = part.substr(1, part.size() - 2);
  CHECK(node.param_name.empty() || node.param_name == name, "{}: another route calls this part {{{}}}", path,
        node.param_name);
  node.param_name = name;
  if (!node.param) node.param = std::make_unique<Node>();
  return *node.param;
}

void Router::add(std::vector<Route> routes, ErrorForm errors) {
  for (Route& route : routes) {
    check_route(route);
    table_->rows.push_back({std::move(route), errors});
    const Row& row = table_->rows.back();
    std::string_view path = row.route.path;
    Node* node = &table_->root;
    bool is_rest = false;
    for (std::string_view part : path == "/" ? std::vector<std::string_view>{} : split(path.substr(1), '/')) {
      CHECK(!is_rest, "{}: * must be the last part", path);
      is_rest = part == "*";
      if (!is_rest) node = &Table::child_of(*node, part, path);
    }
    const Row*& slot = (is_rest ? node->rest : node->here)[static_cast<size_t>(row.route.method)];
    CHECK(slot == nullptr, "two routes for {} {}", method_name(row.route.method), path);
    slot = &row;
  }
}

Router::Found Router::find(Method method, const std::vector<std::string>& parts) const {
  Walk<Node> walk(method, parts);
  Found found;
  if (const Row* row = walk.go(table_->root, 0)) {
    found.route = &row->route;
    found.errors = row->errors;
    found.params = std::move(walk.params);
  } else {
    found.allowed = allowed_by(walk.has);
  }
  return found;
}

std::vector<const Route*> Router::all() const {
  std::vector<const Route*> out;
  for (const Row& row : table_->rows) out.push_back(&row.route);
  return out;
}

}  // namespace cairn::http
