#include <gtest/gtest.h>

#include <set>

#include "crypto/encode.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace cairn::crypto {
namespace {

std::string hex(const Digest& digest) { return to_hex(bytes_of(digest)); }
std::string bytes(std::string_view hex_text) { return from_hex(hex_text).value(); }

TEST(Hash, Sha256OfFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 parts;
  for (int i = 0; i < 1000; ++i) parts.update(std::string(1000, 'a'));
  EXPECT_EQ(hex(parts.finish()), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, HmacOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(hex(hmac_sha256(bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hash, Equal) {
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("same", "same"));
  EXPECT_FALSE(equal("same", "samf"));
  EXPECT_FALSE(equal("same", "sam"));
}

TEST(Encode, Base64OfRfc4648) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base64(plain), text);
    EXPECT_EQ(from_base64(text).value(), plain);
  }
  EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(from_base64url("-__-").value(), "\xFB\xFF\xFE");
  EXPECT_EQ(to_base64url("f"), "Zg");
}

TEST(Encode, EveryByteThereAndBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (size_t n = 0; n < all.size(); ++n) {
    std::string part = all.substr(n);
    EXPECT_EQ(from_base64(to_base64(part)).value(), part);
    EXPECT_EQ(from_base64url(to_base64url(part)).value(), part);
    EXPECT_EQ(from_hex(to_hex(part)).value(), part);
  }
}

TEST(Encode, StrictBack) {
  for (std::string_view bad : {"Zg", "Zg=", "Zg===", "Zh==", "Z m9v", "Zm9v\n", "-__-", "Zm9v=", "!"})
    EXPECT_FALSE(from_base64(bad)) << bad;
  for (std::string_view bad : {"Zg==", "Zh", "+//+", "Z"}) EXPECT_FALSE(from_base64url(bad)) << bad;
  for (std::string_view bad : {"0", "0g", "00 ", " 00", "zz"}) EXPECT_FALSE(from_hex(bad)) << bad;
  EXPECT_EQ(from_hex("00fF").value(), std::string("\x00\xFF", 2));
}

TEST(Token, LongEnoughAndNeverTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    std::string token = random_token(system_entropy(), 32);
    EXPECT_EQ(token.size(), 43u);
    EXPECT_EQ(from_base64url(token)->size(), 32u);
    EXPECT_TRUE(seen.insert(token).second);
  }
  EXPECT_EQ(hash_token("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Password, MatchesItselfOnly) {
  std::string hash = hash_password(system_entropy(), "almond sweets").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  EXPECT_TRUE(verify_password(hash, "almond sweets"));
  EXPECT_FALSE(verify_password(hash, "almond sweet"));
  EXPECT_FALSE(verify_password(hash, ""));
  EXPECT_NE(hash_password(system_entropy(), "almond sweets").value(), hash) << "the salt is always the same";
  EXPECT_FALSE(verify_password("", "x"));
  EXPECT_FALSE(verify_password("$argon2id$v=19$m=65536,t=2,p=1$", "x"));
  EXPECT_FALSE(verify_password(std::string(1000, '$'), "x"));
}

TEST(Sign, OnlyWhatWeSignedAndForThisPurpose) {
  Key key = random_key(system_entropy());
  std::string link = sign(key, "survey/1?é");
  EXPECT_EQ(verify(key, link).value(), "survey/1?é");
  EXPECT_EQ(verify(key, sign(key, "")).value(), "");
  EXPECT_FALSE(verify(derive_key(key, "surveys"), link));
  EXPECT_NE(derive_key(key, "surveys"), derive_key(key, "ideas"));
  for (size_t i = 0; i < link.size(); ++i) {
    std::string changed = link;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(key, changed)) << i;
    EXPECT_FALSE(verify(key, link.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace cairn::crypto
