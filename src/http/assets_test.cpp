#include "http/assets.h"

#include <gtest/gtest.h>

#include "http/gzip.h"
#include "http/problem.h"
#include "http/target.h"
#include "support/kept_answer.h"

namespace cairn::http {
namespace {

class AssetsTest : public testing::Test {
 protected:
  Response get(std::string_view path, std::vector<Field> headers = {}) {
    auto request = std::make_shared<Request>();
    EXPECT_TRUE(parse_target(path, *request).has_value());
    for (const Field& field : headers) request->headers.add(field.name, field.value);
    request->params.push_back({"*", request->path.substr(1)});
    Response response;
    routes_[0].handler(*request, Reply(request, std::make_unique<test::KeptAnswer>(response), problem_document));
    return response;
  }

  static ResourceEntry entry(const char* name, const std::string& bytes) {
    return {name, bytes.data(), bytes.data() + bytes.size()};
  }

  std::string script_ = std::string(3000, 's');
  std::string packed_ = gzip(script_);
  std::string page_ = "<html nonce=\"__CSP_NONCE__\">";
  std::string icon_ = "<svg/>";
  std::string shop_ = "<html>shop";
  std::vector<ResourceEntry> entries_{
      entry("web/index.html", page_),         entry("web/assets/app-B3kq9xYz.js.gz", packed_),
      entry("web/cairn-pyramids.svg", icon_), entry("other/secret.txt", icon_),
      entry("web/shop/index.html", shop_),    entry("web/cairn.js", script_)};
  std::vector<Route> routes_ = asset_routes(Resources(entries_.data(), entries_.size()), "web/");
};

TEST_F(AssetsTest, serves_packed_files_as_they_are_to_who_takes_them) {
  Response packed = get("/assets/app-B3kq9xYz.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.body.bytes(), packed_);
  EXPECT_EQ(packed.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.headers.find("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(packed.headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  Response plain = get("/assets/app-B3kq9xYz.js");
  EXPECT_EQ(plain.body.bytes(), script_);
  EXPECT_EQ(plain.headers.find("ETag"), packed.headers.find("ETag"));
}

TEST_F(AssetsTest, a_name_without_a_hash_is_asked_for_again) {
  Response icon = get("/cairn-pyramids.svg");
  EXPECT_EQ(icon.body.bytes(), icon_);
  EXPECT_EQ(icon.headers.find("Cache-Control"), "no-cache");
  EXPECT_TRUE(icon.headers.find("ETag").has_value());
}

TEST_F(AssetsTest, pages_get_the_client_and_nothing_else_does) {
  std::vector<Field> browser{{"Accept", "text/html,*/*;q=0.8"}};
  EXPECT_EQ(get("/").body.bytes(), page_);
  EXPECT_EQ(get("/segments/7", browser).body.bytes(), page_);
  EXPECT_EQ(get("/segments/7", browser).headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(get("/segments/7", {{"Accept", "*/*"}}).status, 404);
  EXPECT_EQ(get("/api/v1/nothing", browser).status, 404);
  EXPECT_EQ(get("/secret.txt").status, 404);
  EXPECT_EQ(get("/assets/app-OLDOLDOL.js").status, 404);
}

TEST_F(AssetsTest, a_folder_has_its_own_first_page) {
  std::vector<Field> browser{{"Accept", "text/html"}};
  EXPECT_EQ(get("/shop/", browser).body.bytes(), shop_);
  EXPECT_EQ(get("/shop/index.html", browser).body.bytes(), shop_);
  Response bare = get("/shop?utm_source=x", browser);
  EXPECT_EQ(bare.status, 308);
  EXPECT_EQ(bare.headers.find("Location"), "/shop/?utm_source=x");
  EXPECT_EQ(get("/shop/other", browser).body.bytes(), page_) << "a folder's other paths are the client's, as ever";
  EXPECT_EQ(get("/shop/other/", {{"Accept", "*/*"}}).status, 404);
}

TEST_F(AssetsTest, the_script_of_shops_may_be_read_by_any_site_and_is_asked_for_again_soon) {
  Response script = get("/cairn.js");
  EXPECT_EQ(script.body.bytes(), script_);
  EXPECT_EQ(script.headers.find("Cache-Control"), "public, max-age=600, stale-while-revalidate=3000");
  EXPECT_EQ(script.headers.find("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(script.headers.find("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_TRUE(script.headers.find("ETag").has_value());
  EXPECT_FALSE(get("/cairn-pyramids.svg").headers.find("Access-Control-Allow-Origin").has_value());
}

}  // namespace
}  // namespace cairn::http
