// An account that is known by an Ed25519 key: whoever holds its private half trades, nobody else.
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// A new pair of keys, both halves as PEM.
class key_pair {
 public:
  key_pair() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free) {
    REQUIRE(key_ != nullptr);
  }
  [[nodiscard]] std::string private_pem() const {
    return written([this](BIO* to) {
      return PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  [[nodiscard]] std::string public_pem() const {
    return written([this](BIO* to) { return PEM_write_bio_PUBKEY(to, key_.get()); });
  }

 private:
  template <class Write>
  static std::string written(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> to(BIO_new(BIO_s_mem()), &BIO_free);
    REQUIRE(to != nullptr);
    REQUIRE(write(to.get()) == 1);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(to.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

simulator::settings venue_that_knows(const key_pair& key) {
  auto chosen = still_venue();
  chosen.account.api_secret.clear();
  chosen.account.api_public_key = key.public_pem();
  return chosen;
}

std::unique_ptr<exchange_port> client_with(const venue_under_test& venue, exchange::key_type kind,
                                           std::string secret_text) {
  auto chosen = venue.settings();
  chosen.key = kind;
  exchange::extras more;
  more.ca_pem = venue.server().certificate_pem();
  auto made = exchange::make_client(chosen,
                                    {exchange::secret(std::string(venue.server().api_key())),
                                     exchange::secret(std::move(secret_text))},
                                    std::move(more));
  REQUIRE(made.has_value());
  return std::move(*made);
}

}  // namespace

TEST_CASE("the holder of an Ed25519 key reads, trades and watches its account") {
  const key_pair mine;
  const venue_under_test venue(venue_that_knows(mine));
  const auto client = client_with(venue, exchange::key_type::ed25519, mine.private_pem());
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  // Signatures differ from request to request, and some of their bytes must be escaped.
  for (int n = 0; n < 20; ++n) {
    const auto wanted =
        market_order("ed-" + std::to_string(n), n % 2 == 0 ? side::buy : side::sell, "0.1");
    must<order_done>(place(*client, wanted));
    CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
  }
  must<order_done>(place(*client, market_order("ed-last", side::buy, "0.2")));
  must(positions(*client));
  CHECK(venue.held(eth).str() == "0.2");
  events.wait<order_update>(
      1, [](const order_update& u) { return u.report.client_id.str() == "ed-last"; });
  const auto resting = limit_order("ed-rest", side::buy, "0.1", "1000");
  must<order_done>(place(*client, resting));
  must<order_done>(cancel(*client, eth, resting.id));
}

TEST_CASE("another key, or no key at all but a secret, proves nothing and is told so") {
  const key_pair mine;
  const key_pair other;
  const venue_under_test venue(venue_that_knows(mine));
  const std::pair<exchange::key_type, std::string> rows[] = {
      {exchange::key_type::ed25519, other.private_pem()},
      {exchange::key_type::hmac, mine.private_pem()},
      {exchange::key_type::hmac, "secret"},
  };
  for (const auto& [kind, text] : rows) {
    const auto client = client_with(venue, kind, text);
    const auto read = positions(*client);
    REQUIRE(read.has_error());
    CHECK(read.error().kind == failure_kind::refused);
    CHECK(read.error().code == -1022);
    const auto refused = must<order_refused>(place(*client, market_order("o", side::buy, "0.1")));
    CHECK(refused.code == -1022);
    CHECK_FALSE(refused.retryable);
    CHECK(refused.for_operator);
  }
  CHECK(venue.orders(client_order_id("o")).empty());
  const auto client = client_with(venue, exchange::key_type::ed25519, mine.private_pem());
  must<order_done>(place(*client, market_order("o", side::buy, "0.1")));
}
