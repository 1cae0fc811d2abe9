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

/** A document is for its tenant only; one that does not exist is answered like one of somebody else. */
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
