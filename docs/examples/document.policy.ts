import { Injectable } from '@nestjs/common';
import { IsUUID } from 'class-validator';
import { type PolicyRequest, WsPolicyGuard } from 'nestjs-ws-security';

export class OpenDocumentDto {
  @IsUUID()
  documentId!: string;
}

export abstract class Documents {
  abstract tenantOf(documentId: string): Promise<string | undefined>;
}

/** Only the tenant of a document may open it. A missing document gets the same answer as one of another tenant. */
@Injectable()
export class DocumentPolicy extends WsPolicyGuard<OpenDocumentDto> {
  constructor(private readonly documents: Documents) {
    super();
  }

  protected override async isPermitted({
    principal,
    body,
  }: PolicyRequest<OpenDocumentDto>): Promise<boolean> {
    const tenant = await this.documents.tenantOf(body.documentId);
    return tenant !== undefined && tenant === principal.claims['tenant'];
  }
}
