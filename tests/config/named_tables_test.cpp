// Tables whose names the file chooses: read after their section, each beginning as a copy of it.
#include <algorithm>
#include <iterator>
#include <map>

#include "builder.hpp"
#include "check.hpp"
#include "describe.hpp"
#include "support/catch.hpp"

namespace sluice::config {
namespace {

struct fees {
  std::int64_t rate{10};
  std::string file{};
};
struct shop {
  fees general{};
  std::map<std::string, fees, std::less<>> of_customer{};
};

std::optional<std::string> lower_case(std::string_view name) {
  const bool lower = std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  return lower ? std::nullopt : std::optional<std::string>{"is no customer"};
}

void describe_fees(section_builder& b, fees& f) {
  b.integer({"rate", "What is taken."}, f.rate, {0, 100});
  b.file({"bill_file", "Where the bill goes."}, f.file);
}

schema schema_of(shop& s) {
  schema all;
  all.push_back(section_builder{"", "Top."}.take());
  section_builder b{"fees", "What is taken of whom."};
  describe_fees(b, s.general);
  b.tables<fees>(
      {"customers", "For one customer.", "alice", &lower_case, 3}, s.of_customer,
      [&s] { return s.general; }, &describe_fees);
  all.push_back(std::move(b).take());
  return with_named_tables(std::move(all));
}

struct outcome {
  shop read{};
  std::vector<std::string> faults{};
};

outcome read(std::string_view text) {
  outcome o;
  auto all = schema_of(o.read);
  fault_list found{"f"};
  (void)read_values(read_document(text).root, all, found);
  expand_credentials(all, {.credentials_directory = "/run/secrets"});
  for (const auto& f : std::move(found).take())
    o.faults.push_back(to_string(f));
  return o;
}

}  // namespace

TEST_CASE("a named table begins as a copy of its section, wherever that says its keys") {
  const auto o = read("[fees.customers.bob]\nbill_file = \"b\"\n[fees]\nrate = 20\n");
  CHECK(o.faults.empty());
  REQUIRE(o.read.of_customer.contains("bob"));
  CHECK(o.read.of_customer.at("bob").rate == 20);
  CHECK(o.read.of_customer.at("bob").file == "b");
  CHECK(o.read.general.file.empty());
}

TEST_CASE("what is wrong in a named table is told with its full name and place") {
  const auto o = read(
      "[fees.customers.bob]\nrate = 101\nrat = 1\n[fees.customers.Eve]\nrate = 1\n"
      "[fees.customers]\nzoe = 4\n");
  for (const auto& f : o.faults)
    UNSCOPED_INFO(f);
  REQUIRE(o.faults.size() == 4);
  CHECK(o.faults[0].starts_with("f:2:8: fees.customers.bob.rate: 101 is too large; takes"));
  CHECK(o.faults[1].starts_with("f:3:1: fees.customers.bob.rat: unknown key; did you mean rate?"));
  CHECK(o.faults[2] == "f:4:17: fees.customers.Eve: is no customer");
  CHECK(o.faults[3] ==
        "f:7:7: fees.customers.zoe: got a whole number; takes a table, [fees.customers.zoe]");
  CHECK_FALSE(o.read.of_customer.contains("Eve"));
}

TEST_CASE("a family given as a value, or with too many tables, is refused") {
  const auto value = read("[fees]\ncustomers = 5\n");
  REQUIRE(value.faults.size() == 1);
  CHECK(value.faults[0] ==
        "f:2:13: fees.customers: got a whole number; takes tables, [fees.customers.alice]");
  const auto many =
      read("[fees.customers.a]\n[fees.customers.b]\n[fees.customers.c]\n[fees.customers.d]\n");
  REQUIRE(many.faults.size() == 1);
  CHECK(many.faults[0].find("has 4 tables; allowed are 3") != std::string::npos);
}

TEST_CASE("a secret as a name or a value of a named table is not shown") {
  const std::string secret(40, 'x');
  const auto o = read("[fees.customers." + secret + "]\nrate = 101\n");
  REQUIRE(o.faults.size() == 1);
  CHECK(o.faults[0].find(secret) == std::string::npos);
}

TEST_CASE("file names in named tables follow the credentials directory") {
  const auto o = read("[fees.customers.bob]\nbill_file = \"$CREDENTIALS_DIRECTORY/b\"\n");
  REQUIRE(o.read.of_customer.contains("bob"));
  CHECK(o.read.of_customer.at("bob").file == "/run/secrets/b");
}

TEST_CASE("the keys of tables that the settings hold stand behind their section's") {
  shop s;
  s.of_customer["bob"].rate = 7;
  const auto all = schema_of(s);
  REQUIRE(all.size() == 3);
  CHECK(all[2].name == "fees.customers.bob");
  REQUIRE(all[2].find("rate"));
  CHECK(all[2].find("rate")->text() == "7");
}

TEST_CASE("a fault in a named table is one of its section too") {
  fault_list found{"f"};
  found.add({1, 1}, "fees.customers.bob.rate", "is wrong");
  CHECK(found.touches("fees.customers.bob"));
  CHECK(found.touches("fees"));
  CHECK_FALSE(found.touches("fee"));
  CHECK_FALSE(found.touches(""));
}

TEST_CASE("the place of a key that is not given is that of the nearest table around it") {
  const places given{{"fees", {1, 1}}, {"fees.customers.bob", {4, 1}}};
  CHECK(place_of(given, "fees.customers.bob.rate").line == 4);
  CHECK(place_of(given, "fees.customers.eve.rate").line == 1);
}

}  // namespace sluice::config
