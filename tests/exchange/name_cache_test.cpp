// In which order the addresses of a name are dialled: families in turn, and last what failed
// lately.
#include "name_cache.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::exchange;
using std::chrono::seconds;
using texts = std::vector<std::string>;

namespace {

tcp::endpoint at(const std::string& literal) {
  return {asio::ip::make_address(literal), 443};
}

texts ordered(const texts& found, const address_doubts& doubts, steady::time_point now) {
  std::vector<tcp::endpoint> all;
  for (const auto& one : found)
    all.push_back(at(one));
  texts order;
  for (const auto& one : dial_order(all, doubts, now))
    order.push_back(one.address().to_string());
  return order;
}

const steady::time_point start{std::chrono::hours(1)};

}  // namespace

TEST_CASE("families take turns, the first found begins, and four are enough") {
  CHECK(ordered({}, {}, start).empty());
  CHECK(ordered({"10.0.0.1"}, {}, start) == texts{"10.0.0.1"});
  CHECK(ordered({"fd00::1", "fd00::2", "fd00::3", "10.0.0.1", "10.0.0.2"}, {}, start) ==
        texts{"fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2"});
}

TEST_CASE("an address that failed stands behind the others for a minute") {
  const texts found{"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  address_doubts doubts;
  doubts.add(at("10.0.0.1"), start);
  const texts behind{"10.0.0.2", "10.0.0.3", "10.0.0.1"};
  CHECK(ordered(found, doubts, start) == behind);
  // A renewal that names it first, or beside another one, does not bring it back.
  CHECK(ordered({"10.0.0.1", "10.0.0.3", "10.0.0.2"}, doubts, start + seconds(30)) ==
        texts{"10.0.0.3", "10.0.0.2", "10.0.0.1"});
  CHECK(ordered({"10.0.0.1", "10.0.0.9"}, doubts, start + seconds(30)) ==
        texts{"10.0.0.9", "10.0.0.1"});
  CHECK(ordered(found, doubts, start + seconds(59)) == behind);
  CHECK(ordered(found, doubts, start + seconds(60)) == found);
  // One that fails again begins again.
  doubts.add(at("10.0.0.1"), start + seconds(59));
  CHECK(ordered(found, doubts, start + seconds(100)) == behind);
  CHECK(ordered(found, doubts, start + seconds(119)) == found);
}

TEST_CASE("the only address stays in use, and another port is another place") {
  address_doubts doubts;
  doubts.add(at("10.0.0.1"), start);
  CHECK(ordered({"10.0.0.1"}, doubts, start) == texts{"10.0.0.1"});
  address_doubts elsewhere;
  elsewhere.add({asio::ip::make_address("10.0.0.1"), 8443}, start);
  CHECK(ordered({"10.0.0.1", "10.0.0.2"}, elsewhere, start) == texts{"10.0.0.1", "10.0.0.2"});
}

TEST_CASE("of two families the one that failed comes last, however they take turns") {
  const texts found{"fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2"};
  address_doubts doubts;
  doubts.add(at("fd00::1"), start);
  CHECK(ordered(found, doubts, start) == texts{"10.0.0.1", "fd00::2", "10.0.0.2", "fd00::1"});
  doubts.add(at("fd00::2"), start);
  CHECK(ordered(found, doubts, start) == texts{"10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"});
}

TEST_CASE("where all have failed the one whose failure is oldest has its turn") {
  const texts found{"10.0.0.1", "10.0.0.2"};
  address_doubts doubts;
  doubts.add(at("10.0.0.1"), start);
  doubts.add(at("10.0.0.2"), start + seconds(1));
  CHECK(ordered(found, doubts, start + seconds(2)) == found);
  doubts.add(at("10.0.0.1"), start + seconds(3));
  CHECK(ordered(found, doubts, start + seconds(4)) == texts{"10.0.0.2", "10.0.0.1"});
}

TEST_CASE("four that failed do not keep a fifth away") {
  const texts found{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"};
  address_doubts doubts;
  for (int i = 0; i < 4; ++i)
    doubts.add(at(found.at(static_cast<std::size_t>(i))), start + seconds(i));
  CHECK(ordered(found, doubts, start + seconds(4)) ==
        texts{"10.0.0.5", "10.0.0.1", "10.0.0.2", "10.0.0.3"});
}
