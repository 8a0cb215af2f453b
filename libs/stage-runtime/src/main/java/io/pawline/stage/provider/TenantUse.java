package io.pawline.stage.provider;

/**
 * Says what a tenant has and wants in one process.
 *
 * @param atWork tasks that hold a permit
 * @param waiting tasks that could begin and have no permit
 * @param share part of the permits that is the tenant's by its weight while all tenants that have work go on having it
 */
public record TenantUse(String tenant, int atWork, int waiting, double share) {}
