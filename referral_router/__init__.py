"""referral_router."""
